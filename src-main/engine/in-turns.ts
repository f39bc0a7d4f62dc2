/** Going through something long on the engine's main thread, which has others to answer meanwhile. */
import { setImmediate } from 'node:timers/promises';
import { SemblanceError } from '../contract/index.ts';

/** After so long others get their turn. */
const turnMs = 8;

/**
 * Goes through all items, and lets others have their turn in between.
 * @param each quick; what is slow is made of more items
 * @returns what the items return in the end, if they are a generator
 * @throws SemblanceError `cancelled`
 */
export async function inTurns<Item, Returned>(
  items: Iterable<Item, Returned>,
  each: (item: Item) => void,
  signal?: AbortSignal,
): Promise<Returned> {
  const iterator = items[Symbol.iterator]();
  for (;;) {
    const endsMs = performance.now() + turnMs;
    do {
      const next = iterator.next();
      if (next.done === true) return next.value;
      each(next.value);
    } while (performance.now() < endsMs);
    await setImmediate();
    if (signal?.aborted) throw new SemblanceError('cancelled', 'The work was cancelled.');
  }
}
