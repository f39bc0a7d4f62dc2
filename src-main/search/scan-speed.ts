/** How fast this machine compares one by one, and up to how many photos that is fast enough. */
import { DotKernel } from './dot-kernel.ts';

/** As long may an exact search take, which is never wrong and needs nothing built: nobody notices less. */
const patienceMs = 10;
/** More than processors hold in their own caches, as a library is. */
const rows = 65_536;
const dimension = 256;
const runs = 7;

/** Nanoseconds for each number of each vector. It takes about a tenth of a second and 64 MiB. */
export function measureScan(): number {
  const kernel = new DotKernel(dimension);
  kernel.reserve(rows);
  const vector = new Float32Array(dimension).fill(1 / Math.sqrt(dimension));
  for (let row = 0; row < rows; row++) kernel.set(row, vector);
  kernel.setQuery(vector);
  const times = Array.from({ length: runs }, () => {
    const startedMs = performance.now();
    for (let row = 0; row < rows; row += kernel.blockRows) {
      kernel.scores(row, Math.min(kernel.blockRows, rows - row));
    }
    return performance.now() - startedMs;
  });
  // Others that use the machine meanwhile make it slower, never faster.
  return (1e6 * Math.min(...times)) / (rows * dimension);
}

/** Photos above which HNSW answers. */
export function crossoverOf(nanosecondsPerNumber: number, vectorLength: number): number {
  return Math.floor((1e6 * patienceMs) / (nanosecondsPerNumber * Math.max(1, vectorLength)));
}
