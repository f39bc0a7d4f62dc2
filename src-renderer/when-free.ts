/** Work that nobody waits for: after the next frame, a little at a time, in the order in which it was asked for. */
import { flushSync } from 'svelte';

/** After so long, whatever a person does comes first. */
const atATimeMs = 6;

const waiting = new Set<() => void>();
let isRunning = false;

/** Returns a function that takes the work back. */
export function whenFree(work: () => void): () => void {
  waiting.add(work);
  if (!isRunning) {
    isRunning = true;
    // What there is by now is drawn before.
    requestAnimationFrame(() => setTimeout(run));
  }
  return () => void waiting.delete(work);
}

function run(): void {
  const endMs = performance.now() + atATimeMs;
  for (const work of waiting) {
    waiting.delete(work);
    // The page changes now, so that it counts for the time.
    flushSync(work);
    if (performance.now() >= endMs) break;
  }
  isRunning = waiting.size > 0;
  if (isRunning) setTimeout(run);
}
