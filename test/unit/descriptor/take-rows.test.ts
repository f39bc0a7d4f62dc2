import { describe, expect, it } from 'vitest';
import { takeRows } from '../../../src-main/descriptor/index.ts';

describe('rows taken out of a matrix', () => {
  it('are copies, in the order in which they are asked for', () => {
    const rows = { rows: 3, columns: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const batch = takeRows(rows, [2, 0]);
    expect(batch).toEqual({ rows: 2, columns: 2, values: Float32Array.of(5, 6, 1, 2) });
    batch.values.fill(0);
    expect(rows.values[4]).toBe(5);
  });
});
