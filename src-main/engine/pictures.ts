/** Copies of photos that pages show: thumbnails in grids, and larger ones to look at closely. */
import pLimit from 'p-limit';
import type { CommandArguments, PictureAnswers } from '../contract/index.ts';
import { DecodeBudget, jpegMediaType, limitsFor, sharedBudget, smallCopy } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { readPicture } from './picture-file.ts';
import { thumbnailOfPhoto } from './thumbnails.ts';

/** Pictures that are read at a time: two that are compared, while indexing has the other cores. */
const mostAtOnce = 2;
/** A few dozen of a screen's size: those that a person goes back and forth between. */
const mostBytes = 48e6;
/** Once nobody has asked for so long, they are forgotten. */
const idleMs = 120_000;

export function pictureHandlers(engine: Engine): Pick<Handlers, keyof PictureAnswers> {
  const pictures = new Pictures(engine);
  return {
    thumbnail: async ({ photoId }) => ({
      bytes: await thumbnailOfPhoto(engine, photoId),
      mediaType: jpegMediaType,
    }),
    picture: async (request) => ({ bytes: await pictures.of(request), mediaType: jpegMediaType }),
  };
}

interface Kept {
  picture: Promise<Uint8Array>;
  /** 0 until it is known. */
  bytes: number;
}

/** Makes pictures to look at, and remembers the latest. */
class Pictures {
  readonly #engine: Engine;
  readonly #limit = pLimit(mostAtOnce);
  readonly #budget = new DecodeBudget(sharedBudget());
  /** The latest last. */
  readonly #kept = new Map<string, Kept>();
  #idle: NodeJS.Timeout | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * @returns of `jpegMediaType`
   * Rejects with `not-found`, of `readPicture`, or with the reason why the photo cannot be read.
   */
  of({ photoId, longestSide }: CommandArguments['picture']): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#kept.clear(), idleMs).unref();
    const content = this.#engine.library.photos.contentOf(photoId);
    const key = `${content.hash} ${longestSide}`;
    const kept = this.#kept.get(key) ?? this.#make(key, content, longestSide);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.picture;
  }

  #make(key: string, content: { id: number; hash: string }, longestSide: number): Kept {
    const kept: Kept = { picture: this.#limit(() => this.#read(content, longestSide)), bytes: 0 };
    kept.picture.then(
      ({ byteLength }) => {
        kept.bytes = byteLength;
        this.#trim();
      },
      () => this.#kept.delete(key),
    );
    return kept;
  }

  async #read(content: { id: number; hash: string }, longestSide: number): Promise<Uint8Array> {
    const { library } = this.#engine;
    const limits = limitsFor(library.settings.get().maxMegapixels);
    return smallCopy(await readPicture(library, content), { longestSide, limits, budget: this.#budget });
  }

  /** The oldest go first; the latest stays, whatever its size. */
  #trim(): void {
    let bytes = [...this.#kept.values()].reduce((sum, kept) => sum + kept.bytes, 0);
    for (const [key, kept] of [...this.#kept].slice(0, -1)) {
      if (bytes <= mostBytes) return;
      this.#kept.delete(key);
      bytes -= kept.bytes;
    }
  }
}
