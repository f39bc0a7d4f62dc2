/** What a person decides about photos: tags, ratings, that two are no duplicates, and which of several are kept. */
import * as v from 'valibot';
import { photoFilterSchema } from './photo-filter.ts';
import { idSchema, pageFields } from './schemas.ts';

/** Longest tag, in UTF-16 units. */
const longestTag = 100;

/**
 * A tag as it is kept: composed Unicode, single spaces, no control characters. Its letters stay as typed; two tags that
 * differ in the case of letters only are the same tag, and the spelling that was there first holds.
 */
export const tagSchema = v.pipe(
  v.string(),
  v.maxLength(10 * longestTag),
  v.transform(normalisedTag),
  v.check((tag) => tag !== '', 'a tag needs at least one letter'),
  v.maxLength(longestTag, `a tag has at most ${longestTag} letters`),
);

export function normalisedTag(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]/gu, (letter) => (letter === '\u200d' || letter === '\u200c' ? letter : ''))
    .trim();
}

/** What makes two tags the same. */
export function tagKey(tag: string): string {
  return normalisedTag(tag).toLowerCase().normalize('NFC');
}

/** Photos by their ids, or all that a filter finds; a decision is about the pictures, so copies share it. */
const chosenPhotosSchema = v.union([
  v.strictObject({ photoIds: v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(100_000)) }),
  v.strictObject({ filter: photoFilterSchema }),
]);

const someTags = v.pipe(v.array(tagSchema), v.maxLength(100));

/** Schemas of the commands' arguments. */
export const decisionArguments = {
  /** Gives tags to photos, and takes tags from them; a keyword of the file is taken away in the catalogue only. */
  changeTags: v.strictObject({ photos: chosenPhotosSchema, add: someTags, remove: someTags }),
  /** 1 to 5; 0 for none, whatever the file says. */
  rate: v.strictObject({
    photos: chosenPhotosSchema,
    rating: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)),
  }),
  /** All tags, with how many pictures have them. */
  tags: v.strictObject({}),
  /** Tags of some photos. */
  tagsOf: v.strictObject({ photos: chosenPhotosSchema }),
  /** Gives a tag another name everywhere; where that one exists, the two become one. */
  renameTag: v.strictObject({ from: tagSchema, to: tagSchema }),
  /** Says that photos are no duplicates of each other although they look alike, or takes that back. */
  markNotDuplicates: v.strictObject({
    pairs: v.pipe(v.array(v.tuple([idSchema, idSchema])), v.minLength(1), v.maxLength(10_000)),
    not: v.boolean(),
  }),
  /** Pairs that were marked so, of photos that are in the library. */
  notDuplicates: v.strictObject(pageFields),
  /** Chooses photos to be kept among their duplicates, or takes that back; of copies of one file, only those that are named. */
  keepPhotos: v.strictObject({
    photoIds: v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(10_000)),
    keep: v.boolean(),
  }),
  /** Photos that were chosen so. A page is one of pictures, whose kept copies may be several. */
  keptPhotos: v.strictObject(pageFields),
  /** What can be undone and redone, the latest first. */
  decisions: v.strictObject({}),
  undoDecision: v.strictObject({}),
  redoDecision: v.strictObject({}),
} as const;

export type ChosenPhotos = v.InferOutput<typeof chosenPhotosSchema>;

/** A decision that can be undone, or was. */
export interface Decision {
  id: number;
  decidedAtMs: number;
  /** What was done, in words, e.g. 'Gave “beach” to 12 photos'. */
  description: string;
  undone: boolean;
}

export interface DecisionOutcome {
  /** Pictures that are different now. */
  changed: number;
  /** null where nothing changed. */
  decision: Decision | null;
}

export interface TagCount {
  tag: string;
  /** Pictures that have it. */
  photos: number;
}

export interface DecisionLog {
  decisions: Decision[];
  /** The copy of all decisions in a file of its own, which outlives the catalogue. */
  backup: { savedAtMs: number | null; problem: string | null };
}

/** Answer of each command. */
export interface DecisionAnswers {
  changeTags: DecisionOutcome;
  rate: DecisionOutcome;
  tags: TagCount[];
  /** With how many of the pictures have each, and how many pictures those are. */
  tagsOf: { pictures: number; tags: TagCount[] };
  renameTag: DecisionOutcome;
  markNotDuplicates: DecisionOutcome;
  notDuplicates: { total: number; pairs: [photoId: number, otherPhotoId: number][] };
  keepPhotos: DecisionOutcome;
  keptPhotos: { total: number; photoIds: number[] };
  decisions: DecisionLog;
  undoDecision: Decision;
  redoDecision: Decision;
}
