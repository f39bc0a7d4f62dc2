/** Large linear algebra spends its time in products, so that is where it is cancelled. */
import { setImmediate } from 'node:timers/promises';
import { SemblanceError } from '../contract/index.ts';
import type { MatrixProduct } from './matrix.ts';

/** The same product, which throws SemblanceError `cancelled` from the moment that the signal is aborted. */
export function cancellableProduct(product: MatrixProduct, signal: AbortSignal | undefined): MatrixProduct {
  if (!signal) return product;
  return async (a, b, options) => {
    // Promises alone would not let a message through, and so no cancelling.
    await setImmediate();
    if (signal.aborted) throw new SemblanceError('cancelled', 'The fit was cancelled.');
    return product(a, b, options);
  };
}
