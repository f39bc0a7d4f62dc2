/**
 * `npm run bench:pca`: seconds that principal components take on large libraries, the memory they need beyond the
 * photos' descriptors, and how near the first 100 eigenvalues are to those of a full solver. `-- --full` compares the
 * larger problem too, which takes the full solver some minutes.
 */
import { EigenvalueDecomposition, Matrix as DenseMatrix } from 'ml-matrix';
import { availableParallelism } from 'node:os';
import {
  applyLinear,
  fitPca,
  linearMapOfPca,
  type PcaFit,
  type Rows,
} from '../../src-main/descriptor/index.ts';
import { runtimeProduct } from '../../src-main/vision/index.ts';
import { decayingRows } from './decaying-rows.ts';

interface Problem {
  rows: number;
  columns: number;
  dimension: number;
  mostSeconds: number;
}

const problems: Problem[] = [
  { rows: 20_000, columns: 1680, dimension: 256, mostSeconds: 15 },
  { rows: 20_000, columns: 3072, dimension: 512, mostSeconds: 45 },
];
const projectedRows = 100_000;
const comparedEigenvalues = 100;
const mostError = 1e-4;
const mebibyte = 2 ** 20;

const { product, release } = runtimeProduct();

/** Largest resident memory while a task runs, beyond what there was before, in bytes. */
async function measured<Result>(
  task: (sample: () => void) => Promise<Result>,
): Promise<{ result: Result; seconds: number; extraBytes: number }> {
  const before = process.memoryUsage.rss();
  let most = before;
  const sample = () => (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(sample, 5);
  const startMs = performance.now();
  const result = await task(sample);
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(timer);
  sample();
  return { result, seconds, extraBytes: most - before };
}

function verdict(kept: boolean): string {
  return kept ? 'kept' : 'MISSED';
}

async function fit({ dimension, mostSeconds }: Problem, rows: Rows): Promise<PcaFit> {
  const { result, seconds, extraBytes } = await measured((sample) =>
    fitPca(rows, dimension, product, { onProgress: sample }),
  );
  const inputBytes = rows.values.byteLength;
  console.log(
    `  fit: ${seconds.toFixed(1)} s (at most ${mostSeconds} s: ${verdict(seconds <= mostSeconds)})`,
  );
  console.log(
    `  memory beyond the ${Math.round(inputBytes / mebibyte)} MiB of input: ${Math.round(extraBytes / mebibyte)} MiB ` +
      `(at most as much again: ${verdict(extraBytes <= inputBytes)})`,
  );
  return result;
}

/** All eigenvalues of the covariance by ml-matrix, from sums in plain loops: nothing is shared with what is measured. */
function eigenvaluesInFull({ rows, columns, values }: Rows): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns] += values[i] / rows;
  const covariance = Array.from({ length: columns }, () => new Float64Array(columns));
  const centred = new Float64Array(columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let i = 0; i < columns; i++) centred[i] = values[start + i] - mean[i];
    for (let i = 0; i < columns; i++) {
      const [target, factor] = [covariance[i], centred[i] / (rows - 1)];
      for (let j = i; j < columns; j++) target[j] += factor * centred[j];
    }
  }
  for (let i = 0; i < columns; i++) for (let j = 0; j < i; j++) covariance[i][j] = covariance[j][i];
  const solved = new EigenvalueDecomposition(new DenseMatrix(covariance), { assumeSymmetric: true });
  return Float64Array.from(solved.realEigenvalues).sort().reverse();
}

function compare({ eigenvalues }: PcaFit, rows: Rows): void {
  const startMs = performance.now();
  const expected = eigenvaluesInFull(rows);
  const seconds = (performance.now() - startMs) / 1000;
  const errors = eigenvalues.map((value, i) => Math.abs(value / expected[i] - 1));
  const worst = Math.max(...errors.subarray(0, comparedEigenvalues));
  console.log(
    `  eigenvalues against a full solver (${seconds.toFixed(0)} s): first ${comparedEigenvalues} within ` +
      `${worst.toExponential(1)} (at most ${mostError}: ${verdict(worst <= mostError)}), ` +
      `all ${eigenvalues.length} within ${Math.max(...errors).toExponential(1)}`,
  );
}

async function project(fitted: PcaFit, rows: Rows): Promise<void> {
  const { inputs, dimension } = fitted;
  const many = { rows: projectedRows, columns: inputs, values: new Float32Array(projectedRows * inputs) };
  for (let at = 0; at < many.values.length; at += rows.values.length) many.values.set(rows.values, at);
  const whitening = { kind: 'regularised', epsilon: 0.02 } as const;
  const map = linearMapOfPca(fitted, { dimension, whitening, shrinkage: 0 });
  const { seconds, extraBytes } = await measured(() => applyLinear(map, many, product));
  console.log(
    `${projectedRows} × ${inputs} projected to ${dimension}: ${seconds.toFixed(1)} s, ` +
      `${Math.round(extraBytes / mebibyte)} MiB beyond the input, the result included`,
  );
}

console.log(`${availableParallelism()} cores, Node ${process.version}`);
// Loads the runtime, which is not part of the fit's memory.
await product(decayingRows(2, 2, 1), decayingRows(2, 2, 1));
for (const problem of problems) {
  const { rows: count, columns, dimension } = problem;
  const last = problem === problems.at(-1);
  console.log(`${count} × ${columns} → ${dimension}`);
  const rows = decayingRows(count, columns, 1);
  const fitted = await fit(problem, rows);
  if (!last || process.argv.includes('--full')) compare(fitted, rows);
  if (last) await project(fitted, rows);
}
await release();
