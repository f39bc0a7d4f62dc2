/** What the network sees in a picture: its statistics, and the feature maps that they were pooled from. */
import { createHash } from 'node:crypto';
import { modelOfTap, type Recipe, type Rectangle } from '../contract/index.ts';
import { encodeStatistics, extractionKey, groupedBy } from '../descriptor/index.ts';
import { type NamedPicture, partsWithin, type TapMap, type Vision } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import type { Serving } from './serving.ts';

export interface SeenPicture {
  /** As `encodeStatistics` makes them for the extraction in service. */
  code: Uint8Array;
  /** For each scale of the recipe, for each of its taps. */
  maps: TapMap[][];
  /** Areas of the maps that do not count. */
  ignored: readonly Rectangle[];
}

export interface Picture extends NamedPicture {
  /** SHA-256 of the bytes, hexadecimal, where it is known. */
  hash?: string;
  /** Its statistics, where they are cached. */
  code?: Uint8Array | undefined;
}

/** Maps take tens of megabytes; these are enough to go through results with one query. */
const mostPictures = 3;
const mostBytes = 160e6;
/** Once nobody has asked for so long, they are forgotten. */
const idleMs = 120_000;

interface Kept {
  seen: Promise<SeenPicture>;
  /** 0 until it is known. */
  bytes: number;
}

/** Looks at pictures, and remembers the latest. */
export class SeenPictures {
  readonly #engine: Engine;
  /** The latest last. */
  readonly #kept = new Map<string, Kept>();
  #idle: NodeJS.Timeout | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Rejects with the reason why the picture cannot be read. */
  see(picture: Picture, { extraction, generation }: Serving): Promise<SeenPicture> {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#kept.clear(), idleMs).unref();
    const hash = picture.hash ?? createHash('sha256').update(picture.bytes).digest('hex');
    const { crop = null, ignored = [] } = picture;
    const key = JSON.stringify([hash, crop, ignored, extractionKey(extraction), generation.recipeKey]);
    const kept = this.#kept.get(key) ?? this.#look(key, picture, generation.recipe);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.seen;
  }

  #look(key: string, picture: Picture, recipe: Recipe): Kept {
    const kept: Kept = { seen: this.#read(picture, recipe), bytes: 0 };
    kept.seen.then(
      ({ maps }) => {
        kept.bytes = maps.flat().reduce((sum, { map }) => sum + map.byteLength, 0);
        this.#trim();
      },
      () => this.#kept.delete(key),
    );
    return kept;
  }

  async #read(picture: Picture, recipe: Recipe): Promise<SeenPicture> {
    const vision = await this.#engine.vision();
    const [code, maps] = await Promise.all([
      picture.code ?? statisticsOf(vision, picture),
      mapsOf(vision, recipe, picture),
    ]);
    const { crop, ignored = [] } = picture;
    return { code, maps, ignored: crop ? partsWithin(crop, ignored) : ignored };
  }

  /** The oldest go first; the latest stays, whatever its size. */
  #trim(): void {
    let bytes = [...this.#kept.values()].reduce((sum, kept) => sum + kept.bytes, 0);
    for (const [key, kept] of [...this.#kept].slice(0, -1)) {
      if (this.#kept.size <= mostPictures && bytes <= mostBytes) return;
      this.#kept.delete(key);
      bytes -= kept.bytes;
    }
  }
}

async function statisticsOf(vision: Vision, picture: Picture): Promise<Uint8Array> {
  const { powerMeans } = await vision.extractPicture(picture);
  return encodeStatistics(vision.layout, powerMeans);
}

/** Those of each model are asked for together, since it then runs but once for each scale. */
async function mapsOf(vision: Vision, recipe: Recipe, picture: Picture): Promise<TapMap[][]> {
  const taps = recipe.taps.map((tap, place) => ({ name: tap.name, model: modelOfTap(recipe, tap), place }));
  const maps: TapMap[][] = recipe.scales.map(() => []);
  await Promise.all(
    [...groupedBy(taps, ({ model }) => model)].map(async ([model, group]) => {
      const names = [...new Set(group.map(({ name }) => name))];
      const ofModel = await vision.extractMaps(picture, names, recipe.scales, model);
      ofModel.forEach((ofScale, scale) => {
        for (const { name, place } of group) maps[scale][place] = ofScale[names.indexOf(name)];
      });
    }),
  );
  return maps;
}
