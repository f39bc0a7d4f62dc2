/** The arrays of the golden data that follow from its stored features: PCA and normalisations. */
import {
  applyLinear,
  fitPca,
  fitStandardisation,
  linearMapOfPca,
  type MatrixProduct,
  type PcaFit,
  rowAt,
  type Rows,
  scaleToUnit,
  signedPower,
  standardise,
  unitRows,
} from '../descriptor/index.ts';
import { runtimeProduct } from '../vision/index.ts';
import type { ReferenceArray } from './reference-data.ts';

const dimension = 16;

/**
 * @param features all rows; the first `trainRows` are what is fitted on, the others the test set
 * @param components the expected ones, which decide the arbitrary signs
 * @returns name and values of each array
 */
export async function reductions(
  features: ReferenceArray,
  trainRows: number,
  components: ReferenceArray | undefined,
): Promise<[string, ArrayLike<number>][]> {
  const { columns, values } = features;
  const part = (from: number, to: number): Rows => ({
    rows: to - from,
    columns,
    values: values.slice(from * columns, to * columns),
  });
  const train = part(0, trainRows);
  const test = part(trainRows, features.rows);
  const { product, release } = runtimeProduct();
  try {
    const fit = await fitPca(train, dimension, product);
    if (components) alignSigns(fit, components.values);
    const scores = fitStandardisation(train);
    return [
      ...(await projections('pca16.plain', fit, false, train, test, product)),
      ...(await projections('pca16.white', fit, true, train, test, product)),
      ['zscore.test', byRow(test, (row) => standardise(scores, row))],
      ['power0.5.test', byRow(test, (row) => signedPower(row, 0.5))],
      ['l2.test', byRow(test, (row) => scaleToUnit(row))],
    ];
  } finally {
    await release();
  }
}

function alignSigns({ components, inputs }: PcaFit, expected: Float32Array): void {
  for (let start = 0; start < components.length; start += inputs) {
    let product = 0;
    for (let i = start; i < start + inputs; i++) product += components[i] * expected[i];
    if (product < 0) for (let i = start; i < start + inputs; i++) components[i] = -components[i];
  }
}

async function projections(
  name: string,
  fit: PcaFit,
  whitened: boolean,
  train: Rows,
  test: Rows,
  product: MatrixProduct,
): Promise<[string, ArrayLike<number>][]> {
  const whitening = whitened ? ({ kind: 'regularised', epsilon: 0 } as const) : ({ kind: 'none' } as const);
  const map = linearMapOfPca(fit, { dimension, whitening, shrinkage: 0 });
  const projected = await applyLinear(map, test, product);
  return [
    [`${name}.mean`, fit.mean],
    [`${name}.components`, fit.components],
    [`${name}.explained_variance`, fit.eigenvalues],
    [`${name}.explained_variance_ratio`, fit.eigenvalues.map((variance) => variance / fit.totalVariance)],
    [`${name}.train`, (await applyLinear(map, train, product)).values],
    [`${name}.test`, projected.values.slice()],
    [`${name}.test.l2`, unitRows(projected).values],
  ];
}

/** A copy of the rows, each changed in place. */
function byRow(rows: Rows, change: (row: Float32Array) => void): Float32Array {
  const copy = { ...rows, values: rows.values.slice() };
  for (let row = 0; row < copy.rows; row++) change(rowAt(copy, row));
  return copy.values;
}
