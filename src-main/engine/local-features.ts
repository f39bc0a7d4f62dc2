/**
 * Local features of photos, for holding two of them against each other. They are taken from thumbnails, which have the
 * 320 pixels that are wanted, so that photos on drives that are away can be checked, too, and nothing large is read. What
 * was made once is kept in the library.
 */
import { setImmediate } from 'node:timers/promises';
import { isPhotoProblem, SemblanceError } from '../contract/index.ts';
import {
  decodeLocalFeatures,
  encodeLocalFeatures,
  type Extraction,
  type LocalFeatures,
  localFeaturesKey,
  localFeaturesOf,
} from '../descriptor/index.ts';
import type { InstalledModel } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { modelNamed } from './recipe-models.ts';
import { SharedVision } from './shared-vision.ts';
import { thumbnailOfPhoto } from './thumbnails.ts';

const longerSide = 320;
/** Finer maps tell of edges only, and coarser ones do not tell places well enough. */
const bestStride = 8;
/** One is in the network and another being decoded, for each of a few threads. */
const picturesAtATime = 6;

interface Source {
  extraction: Extraction;
  tap: string;
  key: string;
}

export class LocalFeatureReader {
  readonly #engine: Engine;
  readonly #shared: SharedVision;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#shared = new SharedVision({
      start: (extraction) => engine.readers.start(extraction, true),
      isBusy: () => false,
    });
  }

  /** What the features are kept by, as long as the model stays the same. */
  get key(): string {
    return this.#source().key;
  }

  /** Those of one picture of the library; null where `ofAll` says so. */
  async of(contentId: number): Promise<LocalFeatures | null> {
    return (await this.ofAll([contentId]))[0];
  }

  /** Those of several pictures; see `each`. */
  async ofAll(contentIds: readonly number[], signal?: AbortSignal): Promise<(LocalFeatures | null)[]> {
    const found = new Array<LocalFeatures | null>(contentIds.length).fill(null);
    await this.each(contentIds, (features, place) => (found[place] = features), signal);
    return found;
  }

  /**
   * Those of pictures of the library, several at a time; null where one cannot be looked at now, because neither a thumbnail
   * nor its file is there. Others have their turn on the engine's thread between two of them.
   * @param onFound told of each with its place among the pictures, in whichever order they come
   * @throws SemblanceError `cancelled`, or what is wrong with the model
   */
  async each(
    contentIds: readonly number[],
    onFound: (features: LocalFeatures | null, place: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const source = this.#source();
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let place = next++; place < contentIds.length; place = next++) {
        if (signal?.aborted) throw new SemblanceError('cancelled', 'Comparing the photos was cancelled.');
        onFound(await this.#of(contentIds[place], source), place);
        await setImmediate();
      }
    };
    await Promise.all(Array.from({ length: picturesAtATime }, lane));
  }

  /** Those of a picture that is in no file; rejects with the reason why it cannot be read. */
  async ofBytes(bytes: Uint8Array, name: string): Promise<LocalFeatures> {
    const source = this.#source();
    const vision = await this.#shared.for(source.extraction);
    const { thumbnail, width, height } = await vision.extractBytes(bytes, name);
    return decodeLocalFeatures(await this.#made(thumbnail, width / height, source));
  }

  async #of(contentId: number, source: Source): Promise<LocalFeatures | null> {
    const { library } = this.#engine;
    const kept = library.localFeatures.get(contentId, source.key);
    if (kept) return decodeLocalFeatures(kept);
    const photos = library.photos.withContent(contentId);
    const photo = photos.find(({ offline }) => !offline) ?? photos.at(0);
    if (!photo) return null;
    try {
      const thumbnail = await thumbnailOfPhoto(this.#engine, photo.id);
      const made = await this.#made(thumbnail, photo.width / photo.height, source);
      if (library.access === 'write') library.localFeatures.set(contentId, source.key, made);
      return decodeLocalFeatures(made);
    } catch (error) {
      if (error instanceof SemblanceError && isPhotoProblem(error.code)) return null;
      throw error;
    }
  }

  /** As they are kept, so that a picture gives the same whether or not it was kept. */
  async #made(thumbnail: Uint8Array, aspect: number, { extraction, tap }: Source): Promise<Uint8Array> {
    const vision = await this.#shared.for(extraction);
    const [[map]] = await vision.extractMaps({ bytes: thumbnail, name: 'thumbnail.jpg' }, [tap]);
    return encodeLocalFeatures(localFeaturesOf(map, aspect));
  }

  #source(): Source {
    const { info } = modelNamed(this.#engine.recipe.model);
    const { name: tap, channels } = tapForPlaces(info);
    const extraction: Extraction = {
      model: info.name,
      modelSha256: info.sha256,
      longerSide,
      scales: [1],
      taps: [{ name: tap, channels, statistic: { kind: 'power-means' } }],
    };
    return { extraction, tap, key: localFeaturesKey({ modelSha256: info.sha256, tap, longerSide }) };
  }

  close(): Promise<void> {
    return this.#shared.release();
  }
}

/**
 * The map of a model that tells places best.
 * @throws SemblanceError `model-invalid` when all that it has stands for the whole picture
 */
export function tapForPlaces({ name, taps }: InstalledModel['info']): InstalledModel['info']['taps'][number] {
  const distance = ({ stride }: { stride: number }): number => Math.abs(Math.log2(stride / bestStride));
  const best = taps
    .filter(({ stride }) => stride > 0)
    .sort((a, b) => distance(a) - distance(b))
    .at(0);
  if (best) return best;
  throw new SemblanceError('model-invalid', `The model '${name}' has no map of places. Use another model.`);
}
