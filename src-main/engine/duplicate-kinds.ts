/** Why two pictures are alike. */
import type { DuplicateKind, PhotoDetails } from '../contract/index.ts';
import { tinyDifference, tinyPicture } from '../vision/index.ts';
import type { Engine } from './engine.ts';

/** Shots of one camera that follow each other so closely belong to a burst. */
const burstMs = 10_000;
/** Sides of one picture at another size stand in the same proportion, up to rounding. */
const sameProportion = 0.015;
/** Levels of 255 by which copies of one picture differ on average once both are tiny. */
const mostTinyDifference = 5;
/** Tiny pictures that are kept, 3 KB each. */
const mostKept = 5000;

export class DuplicateKinds {
  readonly #engine: Engine;
  readonly #tiny = new Map<number, Promise<Uint8Array | null>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Of two photos with different pictures. */
  async of(
    one: { contentId: number; photo: PhotoDetails },
    other: { contentId: number; photo: PhotoDetails },
  ): Promise<DuplicateKind> {
    const apartMs = takenApartMs(one.photo, other.photo);
    const isSameCamera = one.photo.camera !== null && one.photo.camera === other.photo.camera;
    if (apartMs !== null && apartMs > 0) return isSameCamera && apartMs <= burstMs ? 'burst' : 'similar';
    if (hasSameProportion(one.photo, other.photo)) {
      const [a, b] = await Promise.all([this.#tinyPicture(one), this.#tinyPicture(other)]);
      if (a && b && tinyDifference(a, b) <= mostTinyDifference) return 'same-picture';
    }
    // What was taken at the same moment and is no copy is a part of it, or another shot of the same second.
    if (apartMs === 0 && isSameCamera) return hasSameSize(one.photo, other.photo) ? 'burst' : 'crop-or-edit';
    return 'similar';
  }

  #tinyPicture({ contentId, photo }: { contentId: number; photo: PhotoDetails }): Promise<Uint8Array | null> {
    const known = this.#tiny.get(contentId);
    if (known) return known;
    // Without a thumbnail, e.g. while its drive is away, nothing more is known.
    const made = this.#engine
      .call('thumbnail', { photoId: photo.id })
      .then(({ bytes }) => tinyPicture(bytes))
      .catch(() => null);
    this.#tiny.set(contentId, made);
    if (this.#tiny.size > mostKept) this.#tiny.delete([...this.#tiny.keys()][0]);
    return made;
  }
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
