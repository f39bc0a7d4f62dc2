/** Chebyshev polynomials of a matrix, applied to rows. */
import { combineInPlace, multiplyInto } from './in-place.ts';
import type { Matrix, MatrixProduct, Values } from './matrix.ts';
import { balanceOf } from './orthonormal.ts';

/** What a polynomial is to do with the eigenvalues of a matrix. */
export interface Passband {
  /** The largest eigenvalue, or nearly. */
  highest: number;
  /** Components with eigenvalues in 0 … `cut` stay at most as they are; above it, they grow the more the larger. */
  cut: number;
}

/** Three matrices of one shape; as large as they are, they are made once. */
export interface Workspace {
  /** Orthonormal rows. */
  vectors: Matrix;
  /** `vectors` · A, where it is up to date. */
  image: Matrix;
  spare: Matrix;
}

/** Rows may differ in size by this factor before they are made orthonormal again; beyond, digits would be lost. */
const mostSpread = 1e10;

/**
 * In place: T_degree(2·A / cut − 1) applied to the vectors, by the three-term recurrence (Saad, Numerical Methods for
 * Large Eigenvalue Problems, 2011, §4.4). They come back as combinations of each other: their span is what counts.
 * @param work with an image that is up to date; no longer afterwards
 * @param degree 1 or more
 */
export async function filter(
  work: Workspace,
  { highest, cut }: Passband,
  degree: number,
  symmetric: Matrix<Values>,
  product: MatrixProduct,
): Promise<void> {
  const period = Math.max(1, Math.floor(Math.log(mostSpread) / Math.log((4 * highest) / cut)));
  let { vectors: before, image: now, spare } = work;
  combine(now, 2 / cut, before, -1);
  for (let done = 1; done < degree; done++) {
    if (done % period === 0) {
      const balance = await balanceOf(now, product);
      await combineInPlace(balance, before, product);
      await combineInPlace(balance, now, product);
    }
    const next = await multiplyInto(spare, now, symmetric, product);
    combine(next, 4 / cut, now, -2);
    combine(next, 1, before, -1);
    [before, now, spare] = [now, next, before];
  }
  Object.assign(work, { vectors: now, image: before, spare });
}

/** In place: a := p·a + q·b. */
function combine(a: Matrix, p: number, b: Matrix, q: number): void {
  for (let i = 0; i < a.values.length; i++) a.values[i] = p * a.values[i] + q * b.values[i];
}
