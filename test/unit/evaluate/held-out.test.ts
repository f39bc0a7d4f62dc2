import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainProduct, rowAt, type Rows } from '../../../src-main/descriptor/matrix.ts';
import { foldsOf } from '../../../src-main/evaluate/folds.ts';
import { groundTruthOfLabels } from '../../../src-main/evaluate/ground-truth.ts';
import { evaluateHeldOut, type FitTransform, type TrainingSet } from '../../../src-main/evaluate/held-out.ts';
import { evaluateRanking } from '../../../src-main/evaluate/ranking.ts';

const photos = 24;
const labels = Array.from({ length: photos }, (_, row) => row % 4);
const folds = foldsOf(labels, 3, 5);
const rows: Rows = {
  rows: photos,
  columns: 3,
  values: Float32Array.from({ length: 3 * photos }, (_, i) => Math.sin(i * i) + (i % 3)),
};

const unchanged: FitTransform = () => Promise.resolve((raw: Rows) => Promise.resolve(raw));

/** What the fit of each fold was given. */
async function seenByFits(raw: Rows, labelOf: number[] = labels): Promise<TrainingSet[]> {
  const seen: TrainingSet[] = [];
  const spy: FitTransform = (train) => {
    seen.push(train);
    return unchanged(train);
  };
  await evaluateHeldOut({ rows: raw, labels: labelOf, folds, fitTransform: spy }, plainProduct);
  return seen;
}

describe('held-out evaluation', () => {
  it('fits on the photos of all other folds, with their labels', async () => {
    const seen = await seenByFits(rows);
    expect(seen).toHaveLength(3);
    seen.forEach((train, fold) => {
      const others = labels.map((_, row) => row).filter((row) => folds[row] !== fold);
      expect(train.labels).toEqual(others.map((row) => labels[row]));
      expect(train.rows.rows).toBe(others.length);
      others.forEach((row, i) => expect(rowAt(train.rows, i)).toEqual(rowAt(rows, row)));
    });
  });

  it('gives the fit nothing that depends on photos held out, whatever they are', async () => {
    const before = await seenByFits(rows);
    const change = fc.record({
      fold: fc.nat(2),
      values: fc.array(fc.float({ noNaN: true }), { minLength: 3 * photos, maxLength: 3 * photos }),
      label: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ fold, values, label }) => {
        const held = (row: number): boolean => folds[row] === fold;
        const changed = rows.values.map((value, i) => (held(Math.floor(i / 3)) ? values[i] : value));
        const relabelled = labels.map((own, row) => (held(row) ? label : own));
        const after = await seenByFits({ ...rows, values: changed }, relabelled);
        expect(after[fold]).toEqual(before[fold]);
      }),
      { numRuns: 50 },
    );
  });

  it('lets the fit spoil its copy of the photos only', async () => {
    const original = rows.values.slice();
    const spoil: FitTransform = (train) => {
      train.rows.values.fill(NaN);
      return unchanged(train);
    };
    await evaluateHeldOut({ rows, labels, folds, fitTransform: spoil }, plainProduct);
    expect(rows.values).toEqual(original);
  });

  it('asks with each photo once, among all photos, by the fit that has not seen it', async () => {
    // A photo that the fit has not seen finds its kin; one that it has seen finds its neighbours, of other labels.
    const perfectForUnseen: FitTransform = (train) => {
      const known = new Set(
        Array.from({ length: train.rows.rows }, (_, row) => rowAt(train.rows, row).join()),
      );
      const columns = 4 + photos / 4;
      return Promise.resolve((raw: Rows) => {
        const values = new Float32Array(raw.rows * columns);
        for (let row = 0; row < raw.rows; row++) {
          values[row * columns + labels[row]] = 1;
          if (known.has(rowAt(raw, row).join())) values[row * columns + 4 + Math.floor(row / 4)] = 3;
        }
        return Promise.resolve({ rows: raw.rows, columns, values });
      });
    };
    const told: number[] = [];
    const report = await evaluateHeldOut(
      { rows, labels, folds, fitTransform: perfectForUnseen },
      plainProduct,
      { onProgress: (done) => told.push(done) },
    );
    expect(report).toMatchObject({ queries: photos, mAP: 1 });
    expect(report.perQuery.map(({ query }) => query)).toEqual(labels.map((_, row) => row));
    expect(report.perQuery.every(({ positives }) => positives === photos / 4 - 1)).toBe(true);
    expect(told.at(-1)).toBe(photos);
  });

  it('equals plain evaluation when nothing is fitted', async () => {
    const heldOut = await evaluateHeldOut({ rows, labels, folds, fitTransform: unchanged }, plainProduct);
    const plain = await evaluateRanking({ database: rows }, groundTruthOfLabels(labels), plainProduct);
    expect(heldOut.perQuery).toEqual(plain.perQuery);
    expect(heldOut.mAP).toBeCloseTo(plain.mAP, 12);
  });

  it.each([
    ['labels', labels.slice(1), folds, 'invalid-arguments'],
    ['folds', labels, folds.slice(1), 'invalid-arguments'],
    ['more than one fold', labels, new Uint32Array(photos), 'not-enough-photos'],
  ])('needs %s for all photos', async (_, labelOf, foldOf, code) => {
    await expect(
      evaluateHeldOut({ rows, labels: labelOf, folds: foldOf, fitTransform: unchanged }, plainProduct),
    ).rejects.toMatchObject({ code });
  });
});
