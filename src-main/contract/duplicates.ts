/** Groups of photos that are duplicates of each other, how alike they are, and which of them to keep. */
import * as v from 'valibot';
import type { Job } from './jobs.ts';
import { photoFilterSchema } from './photo-filter.ts';
import { integerBetween, numberBetween, offsetSchema } from './schemas.ts';
import type { PhotoDetails } from './types.ts';

/**
 * What a group is, told by its least alike members: `identical` files hold the same bytes, `same-picture` is one picture
 * stored anew or at another size, `crop-or-edit` a part or an altered copy, `burst` was taken by one camera within
 * seconds, and `similar` is alike for no reason that is known.
 */
export const duplicateKinds = ['identical', 'same-picture', 'crop-or-edit', 'burst', 'similar'] as const;
export type DuplicateKind = (typeof duplicateKinds)[number];

/** Below this nearly every two photos are alike, and there are too many pairs to join. */
export const leastDuplicateThreshold = 0.3;
const threshold = numberBetween(leastDuplicateThreshold, 1);
/** Groups that one answer may hold: each is looked at closely. */
export const mostGroups = 100;

/** Schemas of the commands' arguments. */
export const duplicateArguments = {
  /** Groups at a threshold, the surest first. */
  duplicates: v.strictObject({
    /** Least similarity of a group's members to its centre. */
    threshold,
    /** Only pairs of these kinds count. */
    kinds: v.optional(
      v.pipe(v.array(v.picklist(duplicateKinds)), v.minLength(1), v.maxLength(duplicateKinds.length)),
    ),
    filter: v.optional(photoFilterSchema),
    /** Only pairs count whose places fit together, of those that `checkDuplicates` has compared. */
    geometry: v.optional(v.boolean()),
    offset: offsetSchema,
    limit: integerBetween(1, mostGroups),
  }),
  /** What there is to choose a threshold by. */
  duplicateThresholds: v.strictObject({}),
  /** Compares the pairs at a threshold place by place; what was compared is known until the engine ends. */
  checkDuplicates: v.strictObject({ threshold }),
} as const;

/** A photo in a group. */
export interface DuplicateMember {
  photo: PhotoDetails;
  /** Its picture; members with the same one are the same bytes. */
  contentId: number;
  /** How much it resembles the group's centre; 1 for the centre itself. */
  score: number;
  /** Higher for sharper; null where that was not looked at, as in groups of more than a hundred. */
  sharpness: number | null;
  /** Whether a person chose to keep it. */
  kept: boolean;
}

/** Two members of a group that differ, and how alike they are. */
export interface DuplicatePair {
  photoId: number;
  otherPhotoId: number;
  score: number;
  kind: DuplicateKind;
}

/** What speaks for keeping a photo; `value` is its own, and `other` the best among the others. */
export type KeepReason =
  /** A person said so, which is all that counts then. */
  | { by: 'choice' }
  | { by: 'rating' | 'tags' | 'pixels' | 'bytes' | 'sharpness'; value: number; other: number }
  | { by: 'format'; value: string; other: string }
  /** It tells when it was taken, and no other does. */
  | { by: 'dated' }
  /** When the files were last changed. */
  | { by: 'age'; value: number; other: number }
  /** Nothing tells them apart; the first in the catalogue is as good as any. */
  | { by: 'order' };

export interface SuggestedKeeper {
  /** One of those that a person chose, where there are any. */
  photoId: number;
  /** What left the others behind, the strongest first; at least one. */
  reasons: KeepReason[];
}

export interface DuplicateGroupDetails {
  /** The photo of the centre, which every member resembles by the threshold. */
  centrePhotoId: number;
  kind: DuplicateKind;
  /** The suggested keeper first. */
  members: DuplicateMember[];
  /**
   * Each two pictures of the group, by their first photos; in groups of more than twelve only the centre with each other, and
   * of those the two hundred that are least alike.
   */
  pairs: DuplicatePair[];
  keeper: SuggestedKeeper;
}

export interface DuplicatesAnswer {
  /** Groups that there are. */
  total: number;
  groups: DuplicateGroupDetails[];
  /** With `geometry`, pairs that have not been compared place by place yet. */
  unchecked: number;
  /** Whether every photo's neighbours were known; where not, groups may be missing. */
  complete: boolean;
}

/** What a threshold would give. */
export interface ThresholdOutcome {
  threshold: number;
  groups: number;
  /** Pictures in them. */
  members: number;
  /** Pairs that a person has judged and that are at least so similar: binned as duplicates, or marked as none. */
  confirmed: number;
  refuted: number;
}

export interface DuplicateThresholds {
  /** Photos by the similarity of the one that they resemble most, in equal bins from 0 to 1. */
  counts: number[];
  /** Descending, from 1 down to the lowest that is worth a look. */
  outcomes: ThresholdOutcome[];
  suggested: number;
  complete: boolean;
}

/** Answer of each command. */
export interface DuplicateAnswers {
  duplicates: DuplicatesAnswer;
  duplicateThresholds: DuplicateThresholds;
  checkDuplicates: Job;
}

/** Share of the judged pairs above a threshold that are duplicates; null where none was judged. */
export function precisionOf({
  confirmed,
  refuted,
}: Pick<ThresholdOutcome, 'confirmed' | 'refuted'>): number | null {
  return confirmed + refuted === 0 ? null : confirmed / (confirmed + refuted);
}

const megapixels = (pixels: number): string => `${(pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0)} megapixels`;
const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Why a photo is suggested, in words that follow 'Keep this one: '. */
export function keepWords(reasons: readonly KeepReason[]): string {
  return reasons.map(reasonWords).join('; ');
}

function reasonWords(reason: KeepReason): string {
  switch (reason.by) {
    case 'choice':
      return 'you chose it';
    case 'rating':
      return `rated ${reason.value}, the others ${reason.other === 0 ? 'not at all' : `${reason.other} at most`}`;
    case 'tags':
      return `has ${reason.value} of your tags, the others ${reason.other} at most`;
    case 'pixels':
      return `more detail, ${megapixels(reason.value)} against ${megapixels(reason.other)}`;
    case 'format':
      return `${reason.value.toUpperCase()} keeps more than ${reason.other.toUpperCase()}`;
    case 'bytes':
      return `less compressed, ${size(reason.value)} against ${size(reason.other)}`;
    case 'sharpness':
      return `sharper by ${Math.round(100 * (reason.value / reason.other - 1))} %`;
    case 'dated':
      return 'the only one that still tells when it was taken';
    case 'age':
      return 'the oldest file';
    case 'order':
      return 'as good as any; nothing tells them apart';
  }
}
