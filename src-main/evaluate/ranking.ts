/** Queries rank a database, and ground truth says how well. */
import { SemblanceError } from '../contract/index.ts';
import type { MatrixProduct, Rows } from '../descriptor/index.ts';
import { TopHits } from '../search/index.ts';
import type { GroundTruthQuery } from './ground-truth.ts';
import { MetricMeans, type QueryMetrics, type QueryRanks, type RankingMetrics } from './metrics.ts';
import { queryRanks } from './ranks.ts';
import { scoresOf } from './scores.ts';

/** Unit descriptors, one a row. */
export interface RankedVectors {
  /** The photos that are ranked. */
  database: Rows;
  /** The photos that ask, when they are not rows of the database. Those that are never rank themselves. */
  queries?: Rows;
}

/** A query as its ground truth names it. */
type Named = Pick<GroundTruthQuery, 'query' | 'name'>;

/** A photo that a query found. */
export interface FoundRow {
  row: number;
  isPositive: boolean;
}

export interface QueryResult extends QueryMetrics, Named {
  /** Photos that should be found. */
  positives: number;
  /** The first of the ranking, where they were asked for. */
  best?: FoundRow[];
}

export interface RankingReport extends RankingMetrics {
  /** One a query that has positives. */
  perQuery: QueryResult[];
}

export type RankedQuery = QueryRanks & Named & Pick<QueryResult, 'best'>;

export interface RankingOptions {
  /** Told of each query. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** How many of each query's first results are to be told; none by default. */
  best?: number | undefined;
}

/**
 * Evaluates every query by exact search (Radenović et al., Revisiting Oxford and Paris, CVPR 2018): junk is taken
 * out before ranking, equal scores rank by row, and queries without positives are left out and counted.
 * @throws SemblanceError `invalid-arguments` for rows that do not exist, `recipe-mismatch` for vectors of different
 * dimensions
 */
export async function evaluateRanking(
  vectors: RankedVectors,
  groundTruth: readonly GroundTruthQuery[],
  product: MatrixProduct,
  { onProgress, best }: RankingOptions = {},
): Promise<RankingReport> {
  return gatherReport(rankQueries(vectors, groundTruth, product, best), (done) =>
    onProgress?.(done, groundTruth.length),
  );
}

/** Gathers queries as they are ranked. */
export async function gatherReport(
  ranked: AsyncIterable<RankedQuery>,
  onProgress: (done: number) => void,
): Promise<RankingReport> {
  const means = new MetricMeans();
  const perQuery: QueryResult[] = [];
  let done = 0;
  for await (const query of ranked) {
    const metrics = means.add(query);
    const best = query.best && { best: query.best };
    if (metrics) perQuery.push({ ...named(query), positives: query.positives, ...metrics, ...best });
    done += 1;
    onProgress(done);
  }
  return { ...means.means(), perQuery };
}

/** The ranks of each query's positives, in the order of the queries. Errors are those of `evaluateRanking`. */
export async function* rankQueries(
  { database, queries }: RankedVectors,
  groundTruth: readonly GroundTruthQuery[],
  product: MatrixProduct,
  best = 0,
): AsyncGenerator<RankedQuery> {
  const asking = queries ?? database;
  if (asking.columns !== database.columns) {
    throw new SemblanceError(
      'recipe-mismatch',
      `The queries have ${asking.columns} dimensions and the photos ${database.columns}. Use one recipe for both.`,
    );
  }
  groundTruth.forEach((truth) => check(truth, asking.rows, database.rows));
  const which = groundTruth.map(({ query }) => query);
  let done = 0;
  for await (const scores of scoresOf(asking, which, database, product)) {
    const truth = groundTruth[done++];
    const ranks = queryRanks(scores, truth, queries ? null : truth.query);
    // What takes no part has been struck out of the scores by now.
    yield { ...named(truth), ...ranks, ...(best > 0 && { best: firstOf(scores, truth, best) }) };
  }
}

/** The first of a ranking; equal scores rank by row. */
function firstOf(scores: Float32Array, { positives }: GroundTruthQuery, count: number): FoundRow[] {
  const hits = new TopHits(count);
  let { threshold } = hits;
  for (let row = 0; row < scores.length; row++) {
    if (scores[row] < threshold || scores[row] === -Infinity) continue;
    hits.add(row, scores[row]);
    threshold = hits.threshold;
  }
  const wanted = new Set(Array.from(positives));
  return hits.sorted().map(({ id }) => ({ row: id, isPositive: wanted.has(id) }));
}

function named({ query, name }: Named): Named {
  return name === undefined ? { query } : { query, name };
}

function check({ query, positives, junk }: GroundTruthQuery, asking: number, rows: number): void {
  const within = (row: number, count: number): boolean => Number.isInteger(row) && row >= 0 && row < count;
  if (!within(query, asking)) {
    throw new SemblanceError(
      'invalid-arguments',
      `Query ${query} of the ground truth does not exist; there are ${asking}.`,
    );
  }
  for (const photos of [positives, junk]) {
    for (let i = 0; i < photos.length; i++) {
      if (within(photos[i], rows)) continue;
      throw new SemblanceError(
        'invalid-arguments',
        `Query ${query} of the ground truth names photo ${photos[i]}; there are ${rows}.`,
      );
    }
  }
}
