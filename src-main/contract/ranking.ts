/** How the order of a search is improved, and what is told of it. Each part is a switch: without it nothing changes. */
import * as v from 'valibot';
import { integerBetween, numberBetween } from './schemas.ts';

/** Parts are applied in the order in which they are listed here. */
export const rankingSchema = v.strictObject({
  /** Searches again, with what was found first added to the query. */
  expansion: v.optional(
    v.strictObject({
      /** How many of the results found first are added. */
      count: integerBetween(1, 50),
      /** Each is weighted by its similarity to this power; 0 weights all alike. */
      alpha: numberBetween(0, 10),
    }),
  ),
  /** Orders the first results anew by descriptors that their own neighbours among them have refined. */
  refinement: v.optional(
    v.strictObject({
      /** How many of the results are refined and ordered anew. */
      top: integerBetween(10, 1000),
      /** Neighbours that refine each, itself among them. */
      neighbours: integerBetween(1, 50),
    }),
  ),
  /** Orders the first results anew by how well they are reached from the query over similar photos. */
  diffusion: v.optional(
    v.strictObject({
      /** How many of the results are ordered anew. */
      top: integerBetween(50, 5000),
    }),
  ),
  /** Orders the first results anew by how many places of both pictures fit together. */
  geometry: v.optional(v.strictObject({ top: integerBetween(1, 200) })),
});

export type Ranking = v.InferOutput<typeof rankingSchema>;

/** What a switch stands for where nothing is said. */
export const usualRanking = {
  expansion: { count: 5, alpha: 3 },
  refinement: { top: 400, neighbours: 4 },
  diffusion: { top: 1000 },
  geometry: { top: 50 },
} as const satisfies Required<Ranking>;

/** What a part of the ranking did. */
export interface RankingStep {
  name: keyof Ranking;
  milliseconds: number;
  /** What there is to know of it, in words; '' where it went as usual. */
  note: string;
}

/**
 * How many places a result stands higher (positive) or lower (negative) than without `ranking`, or `new` where it was not
 * among the first; null where nothing was to be improved.
 */
export type Moved = number | 'new' | null;
