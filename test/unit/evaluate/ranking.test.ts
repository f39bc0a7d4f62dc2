import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainProduct, type Rows } from '../../../src-main/descriptor/matrix.ts';
import { averagePrecision } from '../../../src-main/evaluate/average-precision.ts';
import { type GroundTruthQuery, groundTruthOfLabels } from '../../../src-main/evaluate/ground-truth.ts';
import { leaveOneOut } from './leave-one-out.ts';
import { evaluateRanking } from '../../../src-main/evaluate/ranking.ts';

/** Vectors of one dimension: the score of two is their product. */
const line = (...values: number[]): Rows => ({
  rows: values.length,
  columns: 1,
  values: Float32Array.from(values),
});

const truth = (query: number, positives: number[], junk: number[] = []): GroundTruthQuery => ({
  query,
  positives,
  junk,
});

describe('the evaluation of rankings', () => {
  it('does not rank the query itself', async () => {
    const report = await evaluateRanking({ database: line(9, 1, 5, 3) }, [truth(0, [2, 3])], plainProduct);
    expect(report).toMatchObject({ queries: 1, mAP: 1, precisionAt1: 1, precisionAt5: 2 / 3 });
  });

  it('passes over a query that its ground truth names as its own positive', async () => {
    const database = line(9, 1, 5, 3);
    expect(await evaluateRanking({ database }, [truth(0, [0, 3])], plainProduct)).toEqual(
      await evaluateRanking({ database }, [truth(0, [3])], plainProduct),
    );
  });

  it('ranks the photo in the same row as a query that is not in the library', async () => {
    const report = await evaluateRanking(
      { database: line(9, 1, 5, 3), queries: line(1) },
      [truth(0, [0, 2])],
      plainProduct,
    );
    expect(report).toMatchObject({ mAP: 1, precisionAt5: 2 / 4 });
  });

  it('takes junk out before ranking', async () => {
    const vectors = { database: line(9, 8, 7, 6, 5), queries: line(1) };
    const report = await evaluateRanking(vectors, [truth(0, [2, 4], [0, 1, 3])], plainProduct);
    expect(report).toMatchObject({ mAP: 1, precisionAt10: 1 });
  });

  it('takes a photo that is positive and junk for a positive', async () => {
    const vectors = { database: line(8, 9), queries: line(1) };
    const report = await evaluateRanking(vectors, [truth(0, [1], [1])], plainProduct);
    expect(report.perQuery).toMatchObject([{ positives: 1, firstPositiveRank: 1 }]);
  });

  it('ranks equal scores by row', async () => {
    const vectors = { database: line(5, 5, 5, 5), queries: line(1) };
    const report = await evaluateRanking(vectors, [truth(0, [3]), truth(0, [1])], plainProduct);
    expect(report.perQuery.map(({ firstPositiveRank }) => firstPositiveRank)).toEqual([4, 2]);
  });

  it('tells the first of each ranking where that is asked for, without junk and the query itself', async () => {
    const queries = [truth(0, [2, 4], [1])];
    const report = await evaluateRanking({ database: line(9, 8, 5, 7, 6) }, queries, plainProduct, {
      best: 3,
    });
    expect(report.perQuery[0].best).toEqual([
      { row: 3, isPositive: false },
      { row: 4, isPositive: true },
      { row: 2, isPositive: true },
    ]);
    const plain = await evaluateRanking({ database: line(9, 8, 5, 7, 6) }, queries, plainProduct);
    expect(plain.perQuery[0]).not.toHaveProperty('best');
  });

  it('leaves out and counts queries without positives', async () => {
    const queries = [truth(0, []), { ...truth(1, [0]), name: 'one' }, truth(2, [2])];
    const report = await evaluateRanking({ database: line(1, 2, 3) }, queries, plainProduct);
    expect(report).toMatchObject({ queries: 1, withoutPositives: 2 });
    expect(report.perQuery).toMatchObject([{ query: 1, name: 'one', positives: 1, firstPositiveRank: 2 }]);
  });

  it('agrees with removing junk and sorting the others, for any ground truth', async () => {
    const photo = fc.record({
      place: fc.integer({ min: -3, max: 3 }),
      part: fc.constantFrom('positive', 'junk', 'other'),
    });
    const photos = fc.array(photo, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(photos, fc.integer({ min: -2, max: 2 }), async (database, query) => {
        const rowsOf = (part: string): number[] =>
          database.flatMap((each, row) => (each.part === part ? [row] : []));
        const positives = rowsOf('positive');
        fc.pre(positives.length > 0);
        const ranking = database.map((_, row) => row).filter((row) => database[row].part !== 'junk');
        ranking.sort((a, b) => query * (database[b].place - database[a].place) || a - b);
        const ranks = ranking.flatMap((row, rank) => (database[row].part === 'positive' ? [rank] : []));
        const report = await evaluateRanking(
          { database: line(...database.map(({ place }) => place)), queries: line(query) },
          [truth(0, positives, rowsOf('junk'))],
          plainProduct,
        );
        expect(report.perQuery).toMatchObject([
          {
            averagePrecision: averagePrecision(ranks, ranks.length),
            firstPositiveRank: ranks[0] + 1,
            precisionAt5: ranks.filter((rank) => rank < 5).length / Math.min(5, ranking.length),
          },
        ]);
      }),
    );
  });

  it('compares more queries than fit into one product, and tells of each', async () => {
    const count = 600;
    const values = Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i * i));
    const labels = Array.from({ length: count }, (_, row) => row % 40);
    let products = 0;
    const told: number[] = [];
    const report = await evaluateRanking(
      { database: { rows: count, columns: 2, values } },
      groundTruthOfLabels(labels),
      (a, b, options) => {
        products += 1;
        return plainProduct(a, b, options);
      },
      { onProgress: (done, total) => told.push(done / total) },
    );
    const expected = leaveOneOut(values, 2, labels);
    expect(products).toBeGreaterThan(1);
    expect(report.queries).toBe(count);
    expect(report.perQuery.map(({ query }) => query)).toEqual(labels.map((_, row) => row));
    expect(report.mAP).toBeCloseTo(expected.mAP, 6);
    expect(report.precisionAt10).toBeCloseTo(expected.precisionAt10, 6);
    expect(told).toHaveLength(count);
    expect(told.at(-1)).toBe(1);
  });

  it.each([
    ['a query', truth(3, [0]), 'Query 3'],
    ['a positive', truth(1, [0, 5]), 'photo 5'],
    ['junk', truth(1, [0], [-1]), 'photo -1'],
  ])('refuses %s that does not exist', async (_, query, words) => {
    await expect(evaluateRanking({ database: line(1, 2, 3) }, [query], plainProduct)).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: expect.stringContaining(words) as string,
    });
  });

  it('refuses queries of another dimension', async () => {
    const queries = { rows: 1, columns: 2, values: new Float32Array(2) };
    await expect(
      evaluateRanking({ database: line(1, 2), queries }, [truth(0, [0])], plainProduct),
    ).rejects.toMatchObject({ code: 'recipe-mismatch' });
  });
});
