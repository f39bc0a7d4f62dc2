/** Work that nobody waits for: a little of it after each frame, in the order in which it was asked for. */
import { flushSync } from 'svelte';

/** What a frame has left, where it is to last a sixtieth of a second. */
const perFrameMs = 6;

const waiting = new Set<() => void>();
let isRunning = false;

/** Returns a function that takes the work back. */
export function whenFree(work: () => void): () => void {
  waiting.add(work);
  if (!isRunning) next();
  return () => void waiting.delete(work);
}

/** Once what there is has been drawn. */
function next(): void {
  isRunning = true;
  requestAnimationFrame(() => setTimeout(run));
}

function run(): void {
  const endMs = performance.now() + perFrameMs;
  for (const work of waiting) {
    waiting.delete(work);
    // The page changes now, so that it counts for the time.
    flushSync(work);
    if (performance.now() >= endMs) break;
  }
  if (waiting.size > 0) next();
  else isRunning = false;
}
