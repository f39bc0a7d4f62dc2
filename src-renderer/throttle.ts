/** A task that takes long rests for so long that it is busy for no more of the time. */
const mostBusy = 0.25;

/**
 * Runs a task at most once in the given time: at once, and once more afterwards when it was asked for meanwhile.
 * A task that takes longer than that is waited for.
 */
export function throttle(task: () => Promise<void> | void, intervalMs: number): () => void {
  let busy = false;
  let again = false;
  const wait = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));
  const run = async (): Promise<void> => {
    busy = true;
    const begun = performance.now();
    await task();
    const tookMs = performance.now() - begun;
    await wait(Math.max(intervalMs - tookMs, tookMs * (1 / mostBusy - 1)));
    busy = false;
    if (again) {
      again = false;
      void run();
    }
  };
  return () => {
    if (busy) again = true;
    else void run();
  };
}
