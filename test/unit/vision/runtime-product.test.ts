import { describe, expect, it } from 'vitest';
import { plainProduct } from '../../../src-main/descriptor/index.ts';
import { runtimeProduct } from '../../../src-main/vision/index.ts';

const matrix = (rows: number, columns: number) => ({
  rows,
  columns,
  values: Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i + rows)),
});

describe('the product by onnxruntime', () => {
  it('equals plain loops in double precision, transposed or not', async () => {
    const { product, release } = runtimeProduct();
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const a = transposeA ? matrix(17, 5) : matrix(5, 17);
      const b = transposeB ? matrix(9, 17) : matrix(17, 9);
      const fast = await product(a, b, { transposeA, transposeB });
      const plain = await plainProduct(a, b, { transposeA, transposeB });
      expect([fast.rows, fast.columns]).toEqual([5, 9]);
      fast.values.forEach((value, i) => expect(value).toBeCloseTo(plain.values[i], 13));
    }
    await release();
  });
});
