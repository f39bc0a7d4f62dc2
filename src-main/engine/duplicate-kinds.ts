/** Why two pictures are alike: told by when they were taken, by their pixels, and by their places once those were compared. */
import type { DuplicateKind, PhotoDetails } from '../contract/index.ts';
import { editKindOf, isSamePicture, matchLocally } from '../search/index.ts';
import { tinyDifference, tinyPicture } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { thumbnailOfPhoto } from './thumbnails.ts';

/** Shots of one camera that follow each other so closely belong to a burst. */
const burstMs = 10_000;
/** Sides of one picture at another size stand in the same proportion, up to rounding. */
const sameProportion = 0.015;
/** Levels of 255 by which copies of one picture differ once both are tiny. */
const mostTinyDifference = 5;
/** Tiny pictures that are kept, 768 bytes each. */
const mostKept = 20_000;
/** Pairs that are compared before others get their turn on the engine's thread. */
const comparedAtATime = 4;

/** What the places of two pictures tell; `different` where too few of them fit together. */
interface PlacesVerdict {
  edit: 'stored-anew' | 'crop-or-edit' | 'different';
  /** How much of what both show agrees, from 0 to 1. */
  agreement: number;
}

export interface Pictured {
  contentId: number;
  photo: PhotoDetails;
}

export interface PairCheck {
  signal: AbortSignal;
  /** Told of each step, and may hold the work up. */
  onChecked: (done: number) => Promise<void>;
}

export class DuplicateKinds {
  readonly #engine: Engine;
  readonly #tiny = new Map<number, Promise<Uint8Array | null>>();
  readonly #places = new Map<string, PlacesVerdict>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Of two photos with different pictures. */
  async of(one: Pictured, other: Pictured): Promise<DuplicateKind> {
    const apartMs = takenApartMs(one.photo, other.photo);
    const isSameCamera = one.photo.camera !== null && one.photo.camera === other.photo.camera;
    if (apartMs !== null && apartMs > 0) return isSameCamera && apartMs <= burstMs ? 'burst' : 'similar';
    const places = this.#places.get(keyOf(one.contentId, other.contentId))?.edit;
    if (places !== 'crop-or-edit' && (await this.#isSamePicture(one, other))) return 'same-picture';
    if (places === 'stored-anew' || places === 'crop-or-edit') return 'crop-or-edit';
    // What was taken at the same moment and is no copy is a part of it, or another shot of the same second.
    if (apartMs === 0 && isSameCamera) return hasSameSize(one.photo, other.photo) ? 'burst' : 'crop-or-edit';
    return 'similar';
  }

  /** Whether the places of two pictures have been compared. */
  isCompared(a: number, b: number): boolean {
    return this.#places.has(keyOf(a, b));
  }

  /** How much of what two pictures show agrees, place by place; null where they do not fit together, as far as is known. */
  agreement(a: number, b: number): number | null {
    const verdict = this.#places.get(keyOf(a, b));
    return verdict && verdict.edit !== 'different' ? verdict.agreement : null;
  }

  /**
   * Compares the places of pairs that have not been compared in this session.
   * @throws SemblanceError `cancelled`, or what is wrong with the model
   */
  async compare(pairs: readonly { a: number; b: number }[], { signal, onChecked }: PairCheck): Promise<void> {
    for (let first = 0; first < pairs.length; first += comparedAtATime) {
      const some = pairs.slice(first, first + comparedAtATime);
      const ids = [...new Set(some.flatMap(({ a, b }) => [a, b]))];
      const features = await this.#engine.localFeatures.ofAll(ids, signal);
      for (const { a, b } of some) {
        const [one, other] = [features[ids.indexOf(a)], features[ids.indexOf(b)]];
        // What cannot be looked at now may be there in the next session.
        const match = one && other ? matchLocally(one, other) : null;
        const isSame = match !== null && isSamePicture(match);
        const aspects = [one?.aspect ?? 1, other?.aspect ?? 1] as const;
        this.#places.set(keyOf(a, b), {
          edit: isSame ? editKindOf(match, aspects) : 'different',
          agreement: match?.agreement ?? 0,
        });
      }
      await onChecked(first + some.length);
    }
  }

  async #isSamePicture(one: Pictured, other: Pictured): Promise<boolean> {
    if (!hasSameProportion(one.photo, other.photo)) return false;
    const [a, b] = await Promise.all([this.#tinyPicture(one), this.#tinyPicture(other)]);
    return a !== null && b !== null && tinyDifference(a, b) <= mostTinyDifference;
  }

  #tinyPicture({ contentId, photo }: Pictured): Promise<Uint8Array | null> {
    const known = this.#tiny.get(contentId);
    if (known) return known;
    // Without a thumbnail, e.g. while its drive is away, nothing more is known.
    const made = thumbnailOfPhoto(this.#engine, photo.id)
      .then(tinyPicture)
      .catch(() => null);
    this.#tiny.set(contentId, made);
    if (this.#tiny.size > mostKept) this.#tiny.delete([...this.#tiny.keys()][0]);
    return made;
  }
}

function keyOf(a: number, b: number): string {
  return `${Math.min(a, b)} ${Math.max(a, b)}`;
}

function takenApartMs(one: PhotoDetails, other: PhotoDetails): number | null {
  if (one.takenAtMs === null || other.takenAtMs === null) return null;
  return Math.abs(one.takenAtMs - other.takenAtMs);
}

function hasSameProportion(one: PhotoDetails, other: PhotoDetails): boolean {
  return Math.abs(Math.log((one.width * other.height) / (one.height * other.width))) <= sameProportion;
}

function hasSameSize(one: PhotoDetails, other: PhotoDetails): boolean {
  return one.width === other.width && one.height === other.height;
}
