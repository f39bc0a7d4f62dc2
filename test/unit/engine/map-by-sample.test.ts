import { describe, expect, it } from 'vitest';
import {
  gaussianFrom,
  plainProduct,
  randomFrom,
  rowAt,
  type Rows,
} from '../../../src-main/descriptor/index.ts';
import { mapBySample } from '../../../src-main/engine/map-by-sample.ts';

const count = 400;
const size = 60;

/** Unit rows of three features, all on one side. */
function rows(): Rows {
  const gaussian = gaussianFrom(randomFrom(2));
  const result = { rows: count, columns: 3, values: new Float32Array(3 * count) };
  for (let row = 0; row < count; row++) {
    const values = [gaussian(), gaussian(), 3];
    rowAt(result, row).set(values.map((value) => value / Math.hypot(...values)));
  }
  return result;
}

/** The layout of the sample: its first two features. */
const firstTwo = (sample: Rows): Promise<Float32Array> =>
  Promise.resolve(sample.values.filter((_, i) => i % sample.columns < 2));

const idle = (): Promise<void> => Promise.resolve();

describe('a map by a sample', () => {
  it('lays out a sample of different photos from all over, the same for the same seed', async () => {
    const samples: Rows[] = [];
    const numbered = { rows: count, columns: 1, values: Float32Array.from({ length: count }, (_, i) => i) };
    for (const seed of [1, 1, 2]) {
      await mapBySample(
        numbered,
        size,
        seed,
        (sample) => {
          samples.push(sample);
          return Promise.resolve(new Float32Array(2 * size));
        },
        plainProduct,
        idle,
      );
    }
    const chosen = [...samples[0].values];
    expect(new Set(chosen).size).toBe(size);
    for (const quarter of [0, 1, 2, 3]) {
      const within = chosen.filter((row) => Math.floor((4 * row) / count) === quarter);
      expect(within.length).toBeGreaterThan(size / 8);
    }
    expect(samples[1]).toEqual(samples[0]);
    expect(samples[2]).not.toEqual(samples[0]);
  });

  it('puts every other photo where its nearest of the sample are', async () => {
    const all = rows();
    const positions = await mapBySample(all, size, 1, firstTwo, plainProduct, idle);
    const errors = Array.from({ length: count }, (_, row) =>
      Math.hypot(positions[2 * row] - rowAt(all, row)[0], positions[2 * row + 1] - rowAt(all, row)[1]),
    );
    // Those of the sample are exactly where the layout has them.
    expect(errors.filter((error) => error === 0)).toHaveLength(size);
    const mean = errors.reduce((sum, error) => sum + error, 0) / count;
    expect(mean).toBeLessThan(0.08);
  });

  it('puts copies of one photo in one place', async () => {
    const copies = { rows: 50, columns: 2, values: new Float32Array(100).fill(Math.SQRT1_2) };
    const positions = await mapBySample(copies, 10, 1, firstTwo, plainProduct, idle);
    positions.forEach((value) => expect(value).toBeCloseTo(Math.SQRT1_2, 6));
  });

  it('tells of its progress, the layout of the sample included', async () => {
    const shares: number[] = [];
    const advance = (share: number): Promise<void> => {
      shares.push(share);
      return Promise.resolve();
    };
    const layOutSample = async (sample: Rows, within: typeof advance): Promise<Float32Array> => {
      await within(0.5);
      await within(1);
      return firstTwo(sample);
    };
    await mapBySample(rows(), size, 1, layOutSample, plainProduct, advance);
    expect(shares).toEqual([0.35, 0.7, 1]);
  });
});
