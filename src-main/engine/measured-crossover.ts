/** Up to how many photos every one is compared, by what was measured on this machine. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { crossoverOf, measureInBackground } from '../search/index.ts';
import { keepFile, keptFile, machineStamp } from '../vision/index.ts';

/** Fewer photos are compared in no time on any machine, so that nothing needs to be measured. */
const fewPhotos = 20_000;

const schema = v.object({ machine: v.string(), nanosecondsPerNumber: v.pipe(v.number(), v.gtValue(0)) });

/** Beside the verdicts on devices. */
const storeName = 'scan-speed.json';

export class MeasuredCrossover {
  #nanosecondsPerNumber: number | null;
  #stop: (() => Promise<void>) | null = null;

  constructor() {
    this.#nanosecondsPerNumber = stored();
  }

  /** For vectors of a length; null while nothing was measured, and every photo is compared. */
  of(dimension: number): number | null {
    return this.#nanosecondsPerNumber === null ? null : crossoverOf(this.#nanosecondsPerNumber, dimension);
  }

  /** Measures in the background, once on a machine, when a library is so large that it matters. */
  measureFor(photos: number, onMeasured: () => void): void {
    if (photos < fewPhotos || this.#nanosecondsPerNumber !== null || this.#stop) return;
    const { measured, stop } = measureInBackground();
    this.#stop = stop;
    void measured.then((nanoseconds) => {
      if (nanoseconds === null) return;
      this.#nanosecondsPerNumber = nanoseconds;
      keepFile(storeName, JSON.stringify({ machine: machineStamp(), nanosecondsPerNumber: nanoseconds }));
      onMeasured();
    });
  }

  async close(): Promise<void> {
    await this.#stop?.();
  }
}

function stored(): number | null {
  try {
    const { machine, nanosecondsPerNumber } = v.parse(
      schema,
      JSON.parse(readFileSync(keptFile(storeName), 'utf8')),
    );
    return machine === machineStamp() ? nanosecondsPerNumber : null;
  } catch {
    // Never measured, or by another version.
    return null;
  }
}
