/** Whether one recipe is better than another, from what both did with the same queries. */
import { SemblanceError } from '../contract/index.ts';
import { randomFrom } from '../descriptor/index.ts';
import type { QueryResult } from './ranking.ts';

export interface QueryChange {
  query: number;
  name?: string;
  /** Average precisions. */
  before: number;
  after: number;
  /** after − before. */
  difference: number;
}

export interface RecipeComparison {
  queries: number;
  /** Mean of the differences: the second mAP less the first. */
  difference: number;
  /** Where that mean lies with 95 % confidence. When zero is outside, the recipes differ by more than chance. */
  interval: { low: number; high: number };
  /** Queries with a higher, a lower and the same average precision. */
  better: number;
  worse: number;
  same: number;
  /** From the greatest loss to the greatest gain, then by query. */
  perQuery: QueryChange[];
}

type Measured = Pick<QueryResult, 'query' | 'name' | 'averagePrecision'>;

/**
 * Compares query by query. The interval is the percentile interval of the paired bootstrap (Efron & Tibshirani, An
 * Introduction to the Bootstrap, 1993, §13.3): the differences are resampled, because what makes a query hard is
 * common to both recipes. The same seed gives the same interval.
 * @param before and @param after results of the same queries, in any order
 * @throws SemblanceError `invalid-arguments` when the queries differ, `no-ground-truth` when there are none
 */
export function compareRecipes(
  before: readonly Measured[],
  after: readonly Measured[],
  { resamples = 10_000, seed = 1 } = {},
): RecipeComparison {
  const perQuery = changes(before, after);
  const differences = Float64Array.from(perQuery, ({ difference }) => difference);
  const count = (sign: number): number => differences.filter((value) => Math.sign(value) === sign).length;
  return {
    queries: perQuery.length,
    difference: differences.reduce((sum, value) => sum + value, 0) / differences.length,
    interval: bootstrapInterval(differences, resamples, seed),
    better: count(1),
    worse: count(-1),
    same: count(0),
    perQuery,
  };
}

function changes(before: readonly Measured[], after: readonly Measured[]): QueryChange[] {
  const earlier = new Map(before.map(({ query, averagePrecision }) => [query, averagePrecision]));
  const result = after.map(({ query, name, averagePrecision }): QueryChange => {
    const known = earlier.get(query);
    if (known === undefined || before.length !== after.length) {
      throw new SemblanceError(
        'invalid-arguments',
        'The two evaluations did not ask the same queries. Evaluate both recipes again.',
      );
    }
    const change = { query, before: known, after: averagePrecision, difference: averagePrecision - known };
    return name === undefined ? change : { ...change, name };
  });
  if (result.length === 0) {
    throw new SemblanceError('no-ground-truth', 'There are no queries by which to compare the recipes.');
  }
  return result.sort((a, b) => a.difference - b.difference || a.query - b.query);
}

/** The share of resampled means that lies outside the interval, half of it on each side. */
const outside = 0.05;

function bootstrapInterval(
  differences: Float64Array,
  resamples: number,
  seed: number,
): RecipeComparison['interval'] {
  const random = randomFrom(seed);
  const count = differences.length;
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += differences[Math.floor(random() * count)];
    return sum / count;
  }).sort();
  const tail = Math.max(1, Math.floor((outside / 2) * resamples));
  return { low: means[tail - 1], high: means[resamples - tail] };
}
