/** Brings what the first schema stored into the present form. */
import { setImmediate } from 'node:timers/promises';
import type { Library } from '../library/index.ts';
import type { Engine } from './engine.ts';
import { extractionOfGeneration } from './describer.ts';

/** Rows that are re-encoded in one transaction. */
const rowsAtOnce = 100;

/** Writes down what the cached statistics are, where the first schema did not. */
export function adoptFirstSchema(library: Library): void {
  for (const generation of [library.generations.serving(), library.generations.building()]) {
    if (!generation || generation.extractionKey === '' || library.extractions.get(generation.extractionKey))
      continue;
    library.extractions.add(extractionOfGeneration(library, generation));
  }
}

/** Re-encodes cached statistics in the background; they can be read all the while, and an ended engine carries on. */
export function renewCache({ library, jobs }: Engine): void {
  const total = library.powerMeans.outdated();
  if (total === 0) return;
  jobs.start('renew-cache', async (control) => {
    control.report({ step: 'Making the stored statistics smaller', done: 0, total });
    for (let done = 0; ;) {
      await control.checkpoint();
      const renewed = library.change(() => library.powerMeans.renew(rowsAtOnce));
      if (renewed === 0) return;
      done += renewed;
      control.report({ done, total });
      await setImmediate();
    }
  });
}
