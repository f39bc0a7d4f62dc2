/** The arrays of the golden data that follow from its stored features: PCA and normalisations. */
import {
  componentScales,
  fitPca,
  fitStandardisation,
  l2Normalise,
  type PcaFit,
  signedPower,
  standardise,
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
  const { columns } = features;
  const rows = Array.from({ length: features.rows }, (_, row) =>
    features.values.slice(row * columns, (row + 1) * columns),
  );
  const [train, test] = [rows.slice(0, trainRows), rows.slice(trainRows)];
  const { product, release } = await runtimeProduct();
  const values = Float64Array.from(features.values.subarray(0, trainRows * columns));
  const fit = await fitPca({ rows: trainRows, columns, values }, dimension, product).finally(release);
  if (components) alignSigns(fit, components.values);

  const scores = fitStandardisation(train);
  return [
    ...projections('pca16.plain', fit, null, train, test),
    ...projections('pca16.white', fit, 0, train, test),
    ['zscore.test', flat(test.map((row) => standardise(scores, row)))],
    ['power0.5.test', flat(test.map((row) => signedPower(row, 0.5)))],
    ['l2.test', flat(test.map(l2Normalise))],
  ];
}

function alignSigns({ components, inputs }: PcaFit, expected: Float32Array): void {
  for (let start = 0; start < components.length; start += inputs) {
    let product = 0;
    for (let i = start; i < start + inputs; i++) product += components[i] * expected[i];
    if (product < 0) for (let i = start; i < start + inputs; i++) components[i] = -components[i];
  }
}

function projections(
  name: string,
  fit: PcaFit,
  whitening: number | null,
  train: Float32Array[],
  test: Float32Array[],
): [string, ArrayLike<number>][] {
  const scales = componentScales(fit, whitening);
  const project = (row: Float32Array) =>
    Float32Array.from(scales, (scale, component) => {
      let sum = 0;
      for (let i = 0; i < fit.inputs; i++)
        sum += fit.components[component * fit.inputs + i] * (row[i] - fit.mean[i]);
      return sum * scale;
    });
  return [
    [`${name}.mean`, fit.mean],
    [`${name}.components`, fit.components],
    [`${name}.explained_variance`, fit.eigenvalues],
    [`${name}.explained_variance_ratio`, fit.eigenvalues.map((variance) => variance / fit.totalVariance)],
    [`${name}.train`, flat(train.map(project))],
    [`${name}.test`, flat(test.map(project))],
    [`${name}.test.l2`, flat(test.map((row) => l2Normalise(project(row))))],
  ];
}

function flat(rows: Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}
