/** Leading eigenvectors of a symmetric matrix. */
import { EigenvalueDecomposition, Matrix as DenseMatrix } from 'ml-matrix';
import { filter, type Passband, type Workspace } from './chebyshev.ts';
import { combineInPlace, multiplyInto } from './in-place.ts';
import { type Matrix, matrix, type MatrixProduct, rowAt } from './matrix.ts';
import { fillRandomly, orthonormalise } from './orthonormal.ts';
import { randomFrom } from './random.ts';

export interface Eigenpairs {
  /** Descending. */
  values: Float64Array;
  /** One eigenvector a row. */
  vectors: Matrix;
}

export interface EigenOptions {
  /** Orthonormal rows, or nearly, that span about what is looked for. Without it, the iteration starts at random. */
  start?: Matrix | undefined;
  /** Relative error of the wanted eigenvalues at which the iteration ends. */
  tolerance?: number | undefined;
  /** Told the number of each step. */
  onStep?: ((step: number) => void) | undefined;
}

/** Up to this size all eigenvectors are computed at once; above it, only the leading ones, by iteration. */
const directSize = 320;
/** Nor does iteration pay where more than this share of all eigenvectors is iterated. */
const directShare = 0.7;
/** Rows iterated beyond those asked for: the more, the faster the last of those converge. */
const oversampling = 48;
const defaultTolerance = 1e-7;
/** Where errors from this on are allowed, products with the matrix are taken in single precision, in half the time. */
const leastRoughTolerance = 1e-4;
/** Products with the matrix before anything is measured. */
const firstPowers = 2;
/** Not reached by any spectrum tried: the iteration ends as well when the eigenvalues no longer change. */
const mostSteps = 8;
/** At first even where nothing seems to be needed: what a given start lacks cannot be seen from within it. */
const firstDegree = 4;
const leastDegree = 2;
const mostDegree = 24;
/** Degrees taken for each that is needed by the estimates, which are optimistic: another step costs more. */
const degreeMargin = 1.5;
/** Eigenvalues and residuals below these shares of the largest eigenvalue are rounding. */
const leastValue = 1e-12;
const leastResidual = 1e-13;

/**
 * The leading `count` eigenpairs of a symmetric positive semi-definite matrix, by subspace iteration with Chebyshev
 * polynomials (Zhou, Saad, Tiago & Chelikowsky, Self-consistent-field calculations using Chebyshev-filtered subspace
 * iteration, J. Comput. Phys. 2006) and Rayleigh–Ritz steps (Golub & Van Loan, Matrix Computations, §8.2). What is
 * random in it is the same each time, so that equal matrices have equal results.
 */
export async function leadingEigenpairs(
  symmetric: Matrix,
  count: number,
  product: MatrixProduct,
  { start, tolerance = defaultTolerance, onStep }: EigenOptions = {},
): Promise<Eigenpairs> {
  const size = symmetric.rows;
  const rough = tolerance >= leastRoughTolerance;
  const block = Math.min(size, count + oversampling);
  if (size <= directSize || block > directShare * size) return allEigenpairs(symmetric, count);
  const multiplied = rough ? { ...symmetric, values: Float32Array.from(symmetric.values) } : symmetric;
  const random = randomFrom(0x5eed);
  const work: Workspace = {
    vectors: startingRows(start, block, size, random),
    image: matrix(block, size),
    spare: matrix(block, size),
  };
  const renewImage = (): Promise<Matrix> => multiplyInto(work.image, work.vectors, multiplied, product);
  await orthonormalise(work.vectors, product, random);
  for (let power = 0; power < firstPowers; power++) {
    await renewImage();
    [work.vectors, work.image] = [work.image, work.vectors];
    await orthonormalise(work.vectors, product, random);
  }
  await renewImage();
  let values = quotients(work);
  let change = Infinity;
  for (let step = 0; ; step++) {
    const range = passband(values);
    const errors = errorsOf(values.subarray(0, count), await residuals(work, product), range);
    const needed = degreeFor(values, errors, range, tolerance);
    const done = needed === 0 || change <= tolerance || step === mostSteps;
    if (step > 0 && done) return leading(values, work.vectors, count);
    await filter(work, range, step === 0 ? Math.max(firstDegree, needed) : needed, multiplied, product);
    await orthonormalise(work.vectors, product, random);
    await renewImage();
    const renewed = await rayleighRitz(work, product);
    change = step === 0 ? Infinity : largestChange(values, renewed, count);
    values = renewed;
    onStep?.(step + 1);
  }
}

function startingRows(start: Matrix | undefined, block: number, size: number, random: () => number): Matrix {
  const rows = matrix(block, size);
  const given = Math.min(block, start?.rows ?? 0);
  if (start) rows.values.set(start.values.subarray(0, given * size));
  for (let row = given; row < block; row++) fillRandomly(rowAt(rows, row), random);
  return rows;
}

/**
 * Rayleigh quotients of orthonormal rows: eigenvalues, about. They tell how far the first polynomial must go, because
 * to find the eigenvalues in the rows' span takes as long as several products.
 */
function quotients({ vectors, image }: Workspace): Float64Array {
  return Float64Array.from({ length: vectors.rows }, (_, row) => dot(rowAt(vectors, row), rowAt(image, row)));
}

function passband(values: Float64Array): Passband {
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const lowest = values.reduce((least, value) => Math.min(least, value), highest);
  return { highest, cut: Math.max(lowest, leastValue * highest) };
}

/**
 * In place: turns orthonormal rows, and their image, to the eigenvectors of the matrix restricted to their span.
 * @returns the eigenvalues, descending
 */
async function rayleighRitz({ vectors, image }: Workspace, product: MatrixProduct): Promise<Float64Array> {
  const projected = await product(image, vectors, { transposeB: true });
  const { values, vectors: rotation } = allEigenpairs(projected, vectors.rows);
  await combineInPlace(rotation, vectors, product);
  await combineInPlace(rotation, image, product);
  return values;
}

/** Lengths of what of the vectors' image is outside of their span. */
async function residuals(
  { vectors, image, spare }: Workspace,
  product: MatrixProduct,
): Promise<Float64Array> {
  const inside = await product(image, vectors, { transposeB: true });
  await multiplyInto(spare, inside, vectors, product);
  return Float64Array.from({ length: vectors.rows }, (_, row) =>
    distance(rowAt(image, row), rowAt(spare, row)),
  );
}

/**
 * Relative errors of eigenvalues, estimated by their residuals r: |error| ≤ r, and ≤ r² / gap, the gap being to what
 * is outside of the subspace (Parlett, The Symmetric Eigenvalue Problem, 1998, §11.7).
 */
function errorsOf(values: Float64Array, lengths: Float64Array, { highest, cut }: Passband): Float64Array {
  return values.map((value, i) => {
    if (value <= leastValue * highest || lengths[i] <= leastResidual * highest) return 0;
    return (lengths[i] / value) * (value > cut ? Math.min(1, lengths[i] / (value - cut)) : 1);
  });
}

/** Degree of the polynomial that brings all errors below the tolerance, 0 where they are. */
function degreeFor(values: Float64Array, errors: Float64Array, { cut }: Passband, tolerance: number): number {
  return errors.reduce((degree, error, i) => {
    if (error <= tolerance) return degree;
    // Vectors improve by T(x), their values by its square.
    const growth = Math.acosh(Math.max(1, (2 * values[i]) / cut - 1));
    const needed = Math.acosh(Math.sqrt(error / tolerance)) / growth;
    return Math.max(degree, Math.min(mostDegree, Math.max(leastDegree, Math.ceil(degreeMargin * needed))));
  }, 0);
}

/**
 * Relative change of the wanted eigenvalues by a step. Where the last of them is one of many equal ones, their vectors
 * never settle, nor do the estimated errors, but any of those vectors will do.
 */
function largestChange(before: Float64Array, now: Float64Array, count: number): number {
  let change = 0;
  for (let i = 0; i < count; i++) {
    if (now[i] > leastValue * now[0]) change = Math.max(change, Math.abs(now[i] - before[i]) / now[i]);
  }
  return change;
}

function allEigenpairs(symmetric: Matrix, count: number): Eigenpairs {
  const { rows, columns, values } = symmetric;
  const dense = DenseMatrix.from1DArray(rows, columns, Array.from(values));
  const solved = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  // ml-matrix gives them in ascending order, one a column.
  const result = { values: new Float64Array(count), vectors: matrix(count, rows) };
  for (let i = 0; i < count; i++) {
    const column = rows - 1 - i;
    result.values[i] = solved.realEigenvalues[column];
    for (let row = 0; row < rows; row++) {
      result.vectors.values[i * rows + row] = solved.eigenvectorMatrix.get(row, column);
    }
  }
  return result;
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2;
  return Math.sqrt(squares);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function leading(values: Float64Array, { columns, values: vectors }: Matrix, count: number): Eigenpairs {
  return {
    values: values.slice(0, count),
    vectors: { rows: count, columns, values: vectors.subarray(0, count * columns) },
  };
}
