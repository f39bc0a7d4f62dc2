import { describe, expect, it } from 'vitest';
import { gaussianFrom, randomFrom, randomProjection } from '../../../src-main/descriptor/index.ts';
import { applyLinearTo } from '../../../src-main/descriptor/linear-map.ts';

const moments = (values: ArrayLike<number>): { mean: number; variance: number } => {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length };
};

describe('seeded random numbers', () => {
  it('are the same for the same seed, on every machine', () => {
    const random = randomFrom(42);
    expect([random(), random(), random()]).toEqual([
      0.6011037519201636, 0.44829055899754167, 0.8524657934904099,
    ]);
    const [a, b] = [gaussianFrom(randomFrom(1)), gaussianFrom(randomFrom(1))];
    expect(Array.from({ length: 5 }, a)).toEqual(Array.from({ length: 5 }, b));
    expect(randomFrom(1)()).not.toBe(randomFrom(2)());
  });

  it('are uniform in 0 … 1, or normal', () => {
    const random = randomFrom(9);
    const uniform = Array.from({ length: 20_000 }, random);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(moments(uniform).mean).toBeCloseTo(0.5, 2);
    expect(moments(uniform).variance).toBeCloseTo(1 / 12, 2);
    const normal = Array.from({ length: 20_000 }, gaussianFrom(random));
    expect(moments(normal).mean).toBeCloseTo(0, 1);
    expect(moments(normal).variance).toBeCloseTo(1, 1);
    const near = normal.filter((value) => Math.abs(value) < 1).length / normal.length;
    expect(Math.abs(near - 0.683)).toBeLessThan(0.01);
  });
});

describe('random projection', () => {
  it('has independent normal entries of variance 1 / dimension, and no mean', () => {
    const { matrix, mean, dimension, inputs } = randomProjection(300, 64, 5);
    expect([dimension, inputs, matrix.length]).toEqual([64, 300, 64 * 300]);
    expect(mean).toEqual(new Float32Array(300));
    expect(moments(matrix).mean).toBeCloseTo(0, 2);
    expect(moments(matrix).variance * 64).toBeCloseTo(1, 1);
  });

  it('keeps distances, to about √(2 / dimension)', () => {
    const map = randomProjection(500, 256, 1);
    const random = randomFrom(2);
    const vectors = Array.from({ length: 12 }, () =>
      Float32Array.from({ length: 500 }, () => random() - 0.5),
    );
    const images = vectors.map((vector) => applyLinearTo(map, vector));
    const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, i) => value - b[i]));
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < i; j++) {
        const kept = distance(images[i], images[j]) / distance(vectors[i], vectors[j]);
        expect(Math.abs(kept - 1)).toBeLessThan(0.2);
      }
    }
  });

  it('is decided by its seed', () => {
    expect(randomProjection(20, 8, 3)).toEqual(randomProjection(20, 8, 3));
    expect(randomProjection(20, 8, 3).matrix).not.toEqual(randomProjection(20, 8, 4).matrix);
  });

  it.each([
    [0, 4],
    [4, 0],
  ])('refuses %d features to %d', (inputs, dimension) => {
    expect(() => randomProjection(inputs, dimension, 1)).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});
