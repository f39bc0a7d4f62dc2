/**
 * Runs a task at most once in the given time: at once, and once more afterwards when it was asked for meanwhile.
 * A task that takes longer than that is waited for.
 */
export function throttle(task: () => Promise<void> | void, intervalMs: number): () => void {
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    busy = true;
    const pause = new Promise((done) => setTimeout(done, intervalMs));
    await Promise.all([task(), pause]);
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
