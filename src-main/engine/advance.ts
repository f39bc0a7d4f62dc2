/** How long work on the analysis worker tells of its progress, and can be ended between two steps. */
import { setImmediate } from 'node:timers/promises';
import { SemblanceError } from '../contract/index.ts';

/**
 * Called between two steps with the share of the work that is done, 0 … 1.
 * @throws SemblanceError `cancelled`
 */
export type Advance = (share: number) => Promise<void>;

export interface ProgressWatcher {
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Progress is told in thousandths. */
const total = 1000;

export function advanceOf({ onProgress, signal }: ProgressWatcher): Advance {
  return async (share) => {
    onProgress(Math.round(share * total), total);
    // Gives whoever wants to cancel the chance to say so.
    await setImmediate();
    if (signal?.aborted) throw new SemblanceError('cancelled', 'The work was cancelled.');
  };
}

/** Progress of a part of the work: from share `from` of the whole to share `to`. */
export function partOf(advance: Advance, from: number, to: number): Advance {
  return (share) => advance(from + share * (to - from));
}
