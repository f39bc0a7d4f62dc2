/** Starts what reads photos: crews of threads with a network in memory, on the device that was found to be the fastest. */
import type { Extraction } from '../descriptor/index.ts';
import type { Library } from '../library/index.ts';
import { beginUse, type DecodeLimits, distrust, limitsFor, LoneReader, Vision } from '../vision/index.ts';
import type { Log } from './log.ts';
import { modelsFor, withTapsOf } from './recipe-models.ts';

export class PhotoReaders {
  readonly #library: Library;
  readonly #log: Log;
  readonly #workers: number | undefined;
  #deviceNote = '';

  /** @param workers threads that read photos, where not as many as suit the machine */
  constructor(library: Library, log: Log, workers: number | undefined) {
    this.#library = library;
    this.#log = log;
    this.#workers = workers;
  }

  /** A reader of photos that may kill whoever reads them; the caller closes it. */
  startAlone(settings: Extraction): LoneReader {
    const [model, ...others] = modelsFor(settings);
    return new LoneReader({ model, others, settings, limits: this.#limits });
  }

  /**
   * A photo reader, which the caller closes.
   * @param onlyItsTaps maps of no other taps will be asked for, so that the network need not go on behind them
   */
  start(extraction: Extraction, onlyItsTaps = false): Promise<Vision> {
    const whole = modelsFor(extraction);
    const models = onlyItsTaps ? whole.map((model) => withTapsOf(model, extraction)) : whole;
    const [model, ...others] = models;
    return Vision.start({
      model,
      others,
      device: (each) => {
        const use = beginUse(each, models);
        const { name, isOwn } = each.info;
        this.#log.info('device-chosen', { ...use, model: isOwn ? 'own' : name });
        return use;
      },
      onFallback: (failed, use, detail) => {
        distrust(failed, use, detail);
        this.#log.warn('device-failed', { provider: use.provider, detail });
        this.#deviceNote = `${use.provider} failed (${detail}), and the processor went on.`;
      },
      settings: extraction,
      limits: this.#limits,
      ...(this.#workers === undefined ? {} : { workers: this.#workers }),
    });
  }

  /** What is to be said of a device that failed since this was asked last; '' where none did. */
  takeDeviceNote(): string {
    const note = this.#deviceNote;
    this.#deviceNote = '';
    return note;
  }

  get #limits(): DecodeLimits {
    return limitsFor(this.#library.settings.get().maxMegapixels);
  }
}
