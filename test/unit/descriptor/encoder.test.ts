import { describe, expect, it } from 'vitest';
import { encode, type EncoderFit, plainProduct } from '../../../src-main/descriptor/index.ts';

const fit: EncoderFit = {
  mean: Float32Array.of(1, 2),
  deviation: Float32Array.of(2, 0),
  w1: Float32Array.of(1, 0, -1, 1, 0, 2),
  b1: Float32Array.of(0, 0.5, 1),
  w2: Float32Array.of(1, 2, 3),
  b2: Float32Array.of(10),
  hidden: 3,
  dimension: 1,
  inputs: 2,
};

describe('an encoder', () => {
  it('standardises, rectifies between its layers, and only centres what does not vary', async () => {
    const rows = { rows: 2, columns: 2, values: Float32Array.of(3, 2, -1, 5) };
    const codes = await encode(fit, rows, plainProduct);
    // (1, 0) → units 1, −0.5, 1; (−1, 3) → units −1, 4.5, 7.
    expect(codes).toEqual({ rows: 2, columns: 1, values: Float32Array.of(10 + 1 + 3, 10 + 9 + 21) });
    expect(rows.values).toEqual(Float32Array.of(3, 2, -1, 5));
  });

  it('refuses descriptors of another recipe', async () => {
    const rows = { rows: 1, columns: 3, values: new Float32Array(3) };
    await expect(encode(fit, rows, plainProduct)).rejects.toMatchObject({ code: 'recipe-mismatch' });
  });
});
