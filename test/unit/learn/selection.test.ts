import { describe, expect, it } from 'vitest';
import {
  anovaF,
  gaussianFrom,
  keepBest,
  plainProduct,
  randomFrom,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import { selectByElimination, selectByLasso } from '../../../src-main/learn/selection.ts';

const columns = 40;
const planted = [3, 17, 18, 31];
const labels = Array.from({ length: 160 }, (_, row) => row % 4);

/** Noise, except that each planted feature is higher for one of the four labels. */
function plantedRows(): Rows {
  const normal = gaussianFrom(randomFrom(21));
  const values = Float32Array.from({ length: labels.length * columns }, (_, i) => {
    const ownLabel = planted.indexOf(i % columns);
    return normal() + (ownLabel === labels[Math.floor(i / columns)] ? 3 : 0);
  });
  return { rows: labels.length, columns, values };
}

describe('recursive feature elimination', () => {
  it('keeps the features that tell the labels apart', async () => {
    expect([...(await selectByElimination(plantedRows(), labels, 4, plainProduct))]).toEqual(planted);
  });

  it('keeps a feature that tells nothing alone, but takes the noise from another', async () => {
    const normal = gaussianFrom(randomFrom(4));
    const rows = { rows: 200, columns: 12, values: new Float32Array(200 * 12) };
    const sides = Array.from({ length: 200 }, (_, row) => row % 2);
    for (const [row, side] of sides.entries()) {
      const own = rows.values.subarray(row * 12, (row + 1) * 12);
      own.forEach((_, i) => (own[i] = normal()));
      own[5] = 0.5 * side + 0.1 * normal() + own[8];
    }
    expect([...keepBest(anovaF(rows, sides), 2)]).not.toContain(8);
    expect([...(await selectByElimination(rows, sides, 2, plainProduct))]).toEqual([5, 8]);
  });

  it('drops a share a round, and tells how far it is', async () => {
    const told: [number, number][] = [];
    await selectByElimination(plantedRows(), labels, 12, plainProduct, {
      share: 0.5,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(told).toEqual([
      [20, 28],
      [28, 28],
    ]);
  });

  it('keeps all features when no more are there than wanted', async () => {
    const kept = await selectByElimination(plantedRows(), labels, columns, plainProduct);
    expect([...kept]).toEqual([...Array(columns).keys()]);
  });

  it.each([
    [0, 0.2],
    [2.5, 0.2],
    [4, 0],
    [4, 1.1],
  ])('refuses to keep %s features or to drop a share of %s', async (keep, share) => {
    const selection = selectByElimination(plantedRows(), labels, keep, plainProduct, { share });
    await expect(selection).rejects.toMatchObject({ code: 'invalid-arguments' });
  });

  it('refuses photos that all have the same label', async () => {
    const selection = selectByElimination(plantedRows(), new Uint8Array(160), 4, plainProduct);
    await expect(selection).rejects.toMatchObject({ code: 'not-enough-photos' });
  });
});

describe('the lasso', () => {
  it('keeps the features that tell the labels apart', async () => {
    expect([...(await selectByLasso(plantedRows(), labels, 0.08, plainProduct))]).toEqual(planted);
  });

  it('keeps fewer features the stronger it is', async () => {
    const counts: number[] = [];
    for (const strength of [0.005, 0.02, 0.04, 0.08]) {
      counts.push((await selectByLasso(plantedRows(), labels, strength, plainProduct)).length);
    }
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(new Set(counts).size).toBeGreaterThan(2);
  });

  it('says so when it is too strong for any feature', async () => {
    await expect(selectByLasso(plantedRows(), labels, 0.5, plainProduct)).rejects.toMatchObject({
      code: 'not-enough-photos',
      message: expect.stringContaining('Lower the strength') as string,
    });
  });

  it.each([0, -1, NaN])('refuses a strength of %s', async (strength) => {
    await expect(selectByLasso(plantedRows(), labels, strength, plainProduct)).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
  });
});
