/** How moving a library goes along with everything else that the engine does meanwhile. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What it is given to report on itself and to obey; a job's control is one. */
export interface ArchiveControl {
  readonly signal: AbortSignal;
  /** Waits while the job is paused. @throws SemblanceError `cancelled` */
  checkpoint(): Promise<void>;
  report(progress: { step?: string; done?: number; total?: number }): void;
}

/** After so long others get their turn. */
const turnMs = 8;

export interface Rounds {
  /** Told how many are done. */
  onRound?: (done: number) => void;
  /** Runs the rows of a round, e.g. in a transaction. */
  round?: (rows: () => boolean) => boolean;
}

/**
 * Goes through rows, and lets others have their turn in between.
 * @param each quick
 * @throws SemblanceError `cancelled`
 */
export async function throughRows<Row>(
  rows: Iterable<Row>,
  each: (row: Row) => void,
  control: ArchiveControl,
  { onRound, round = (run) => run() }: Rounds = {},
): Promise<void> {
  const iterator = rows[Symbol.iterator]();
  let done = 0;
  /** @returns whether there may be more */
  const some = (): boolean => {
    const endsMs = performance.now() + turnMs;
    do {
      const next = iterator.next();
      if (next.done === true) return false;
      each(next.value);
      done += 1;
    } while (performance.now() < endsMs);
    return true;
  };
  try {
    for (;;) {
      const goesOn = round(some);
      onRound?.(done);
      if (!goesOn) return;
      await nextTurn();
      await control.checkpoint();
    }
  } finally {
    // Rows that are not asked for any more keep their database busy otherwise.
    iterator.return?.();
  }
}
