/** The queries of a measurement as people see them: pictures with what they found. */
import type { ComparedQuery, MeasuredQuery, MeasuredResult } from '../contract/index.ts';
import type { FoundRow, QueryResult, RankingReport } from '../evaluate/index.ts';
import type { Library } from '../library/index.ts';
import { summariesOf } from './photo-summary.ts';

/** What was measured, and which pictures its rows stand for. */
export interface MeasuredRows {
  report: RankingReport;
  contentIds: ArrayLike<number>;
  /** Where queries are not rows: their pictures, or undefined for those that the library lacks. */
  askingIds?: ArrayLike<number | undefined>;
}

/** Queries that are told with their results. */
const mostWorst = 24;
const mostCompared = 12;

/** The queries that went worst, the worst first; a query that found everything first is none. */
export function worstQueries(library: Library, measured: MeasuredRows): MeasuredQuery[] {
  const { report, contentIds, askingIds = contentIds } = measured;
  return report.perQuery
    .filter(({ averagePrecision }) => averagePrecision < 1)
    .sort((a, b) => a.averagePrecision - b.averagePrecision || a.query - b.query)
    .slice(0, mostWorst)
    .flatMap(({ query, averagePrecision, positives, firstPositiveRank, best }) => {
      const asking = askingIds[query];
      if (asking === undefined) return [];
      return summariesOf(library, asking).map((photo) => ({
        photo,
        averagePrecision,
        matches: positives,
        firstMatchRank: firstPositiveRank,
        results: resultsOf(library, contentIds, best),
      }));
    });
}

/** A query of two measurements, with what the first and the second recipe make of it. */
export interface TwiceMeasured {
  contentId: number;
  before: QueryResult;
  after: QueryResult;
}

/** @param queries what differs most first */
export function comparedQueries(
  library: Library,
  queries: readonly TwiceMeasured[],
  contentIds: { before: ArrayLike<number>; after: ArrayLike<number> },
): ComparedQuery[] {
  return queries.slice(0, mostCompared).flatMap(({ contentId, before, after }) =>
    summariesOf(library, contentId).map((photo) => ({
      photo,
      a: {
        averagePrecision: before.averagePrecision,
        results: resultsOf(library, contentIds.before, before.best),
      },
      b: {
        averagePrecision: after.averagePrecision,
        results: resultsOf(library, contentIds.after, after.best),
      },
    })),
  );
}

function resultsOf(
  library: Library,
  contentIds: ArrayLike<number>,
  best: readonly FoundRow[] = [],
): MeasuredResult[] {
  return best.flatMap(({ row, isPositive }) =>
    summariesOf(library, contentIds[row]).map((photo) => ({ photo, isMatch: isPositive })),
  );
}
