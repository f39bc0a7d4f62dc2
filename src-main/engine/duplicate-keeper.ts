/** Which photo of a group is suggested to be kept, and why. */
import type { DuplicateKind, KeepReason, PhotoDetails } from '../contract/index.ts';

export interface Contender {
  photo: PhotoDetails;
  /** Null where it was not looked at. */
  sharpness: number | null;
  /** Whether a person chose to keep it. */
  kept: boolean;
}

interface Criterion {
  /** Higher is better. */
  value: (contender: Contender) => number;
  /** Values of at least this share of the best are as good as it. */
  asGood: number;
  reason: (best: Contender, other: Contender) => KeepReason;
}

const rawFormats = new Set(['cr2', 'cr3', 'nef', 'arw', 'dng', 'raf', 'orf', 'rw2']);
const losslessFormats = new Set(['tiff', 'png']);

/** What the camera saw, then what was stored without loss, then the rest. */
function formatRank({ photo: { format } }: Contender): number {
  if (rawFormats.has(format)) return 2;
  return losslessFormats.has(format) ? 1 : 0;
}

/** A number of the photo's, that counts for itself. */
function counted(
  by: 'rating' | 'tags' | 'pixels' | 'bytes' | 'sharpness',
  value: (contender: Contender) => number,
  asGood: number,
): Criterion {
  return {
    value,
    asGood,
    reason: (best, other) => ({ by, value: value(best), other: value(other) }),
  };
}

const rating = counted('rating', ({ photo }) => photo.rating ?? 0, 1);
const tags = counted('tags', ({ photo }) => photo.tags.length, 1);
const pixelCount = ({ photo }: Contender): number => photo.width * photo.height;
const pixels = counted('pixels', pixelCount, 0.98);
/** A turned copy has more for its empty corners; only a true crop has much less. */
const pixelsOfEdits = counted('pixels', pixelCount, 0.7);
const bytes = counted('bytes', ({ photo }) => photo.sizeBytes, 0.95);
const sharpness = counted('sharpness', (each) => each.sharpness ?? 0, 0.9);
const format: Criterion = {
  value: formatRank,
  asGood: 1,
  reason: (best, other) => ({ by: 'format', value: best.photo.format, other: other.photo.format }),
};
const dated: Criterion = {
  value: ({ photo }) => Number(photo.takenAtMs !== null),
  asGood: 1,
  reason: () => ({ by: 'dated' }),
};
/** To the second, as some file systems keep it. */
const age: Criterion = {
  value: ({ photo }) => -Math.floor(photo.modifiedAtMs / 1000),
  asGood: 1,
  reason: (best, other) => ({ by: 'age', value: best.photo.modifiedAtMs, other: other.photo.modifiedAtMs }),
};

/** Of one picture the fullest copy is the best, before an edit the original, and of several takes the sharpest. */
const criteria: Record<DuplicateKind, readonly Criterion[]> = {
  identical: [age],
  'same-picture': [rating, tags, pixels, format, dated, bytes, age],
  'crop-or-edit': [rating, tags, pixelsOfEdits, format, dated, age, bytes],
  burst: [rating, tags, sharpness, pixels, format, bytes, age],
  similar: [rating, tags, sharpness, pixels, format, bytes, age],
};

/** Whether the suggestion takes a look at the pictures themselves. */
export function asksForSharpness(kind: DuplicateKind): boolean {
  return criteria[kind].includes(sharpness);
}

/**
 * Among those that a person chose, or else among all, each criterion in turn leaves those that do best by it, until one is left.
 * @returns the place of the keeper among the contenders, and what left the others behind, the strongest first
 */
export function suggestKeeper(
  contenders: readonly Contender[],
  kind: DuplicateKind,
): { place: number; reasons: KeepReason[] } {
  const places = contenders.map((_, place) => place);
  const chosen = places.filter((place) => contenders[place].kept);
  let left = chosen.length > 0 ? chosen : places;
  const reasons: KeepReason[] = [];
  for (const { value, asGood, reason } of criteria[kind]) {
    const values = left.map((place) => value(contenders[place]));
    const best = Math.max(...values);
    const least = best > 0 ? best * asGood : best;
    const leaders = left.filter((_, i) => values[i] >= least);
    if (leaders.length === left.length) continue;
    const behind = left.filter((_, i) => values[i] < least);
    const next = behind.reduce((a, b) => (value(contenders[b]) > value(contenders[a]) ? b : a));
    reasons.push(reason(contenders[left[values.indexOf(best)]], contenders[next]));
    left = leaders;
    if (left.length === 1) break;
  }
  if (chosen.length > 0) return { place: left[0], reasons: [{ by: 'choice' }] };
  return { place: left[0], reasons: reasons.length > 0 ? reasons : [{ by: 'order' }] };
}
