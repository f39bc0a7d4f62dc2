/** Searches that a person keeps, to run them again as photos come. */
import * as v from 'valibot';
import { type Query, querySchema, type Rectangle } from './query.ts';
import { type Ranking, rankingSchema } from './ranking.ts';
import type { PhotoFilter } from './photo-filter.ts';
import type { SearchAnswer } from './types.ts';

const savedSearchId = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const searchName = v.pipe(
  v.string(),
  v.maxLength(1000),
  v.transform((text) =>
    text
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
  ),
  v.check((name) => name !== '', 'a name needs at least one letter'),
  v.maxLength(100, 'a name has at most 100 letters'),
);

/** Schemas of the commands' arguments. */
export const savedSearchArguments = {
  /**
   * Keeps a query. Photos of the library are kept by their content, wherever they move; of other pictures a small copy is
   * kept, of the cropped part where there is a crop.
   */
  saveSearch: v.strictObject({
    name: searchName,
    query: querySchema,
    ranking: v.optional(rankingSchema),
    /** Whether it may take the place of one of that name. */
    replace: v.optional(v.boolean()),
  }),
  /** In alphabetical order. */
  savedSearches: v.strictObject({}),
  renameSavedSearch: v.strictObject({ id: savedSearchId, name: searchName }),
  removeSavedSearch: v.strictObject({ id: savedSearchId }),
  /** Tells what it searches for, to go on from there, and counts as looking at it. */
  openSavedSearch: v.strictObject({ id: savedSearchId }),
  /** Searches, and counts as looking at it. */
  runSavedSearch: v.strictObject({
    id: savedSearchId,
    top: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
    /** Instead of the ranking that was saved. */
    ranking: v.optional(rankingSchema),
  }),
} as const;

export interface SavedExample {
  /** Name of its file when it was saved. */
  name: string;
  /** A photo of the library that is this picture; null for one from elsewhere, and for one that is gone. */
  photoId: number | null;
  /** Whether there is neither a photo nor a copy of it. */
  isMissing: boolean;
  weight: number;
  crop: Rectangle | null;
  ignored: Rectangle[];
}

export interface SavedSearch {
  id: string;
  name: string;
  savedAtMs: number;
  examples: SavedExample[];
  whitening: number | null;
  filter: PhotoFilter;
  /** How many of its first hundred results were added since it was last looked at; null until that is counted. */
  newPhotos: number | null;
}

export interface SavedSearchAnswer extends SearchAnswer {
  /** What of the search could not be kept to, in words: photos that are gone, a setting that the recipe has not. */
  leftOut: string[];
}

/** The query that a saved search stands for now. */
export interface OpenedSearch {
  query: Query;
  /** Names of the query's examples, in its order. */
  names: string[];
  ranking: Ranking | null;
  /** As in `SavedSearchAnswer`. */
  leftOut: string[];
}

/** Answer of each command. */
export interface SavedSearchAnswers {
  saveSearch: SavedSearch;
  savedSearches: SavedSearch[];
  renameSavedSearch: SavedSearch;
  removeSavedSearch: { removed: string };
  openSavedSearch: OpenedSearch;
  runSavedSearch: SavedSearchAnswer;
}
