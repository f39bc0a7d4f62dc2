import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsPerCell } from '../../../src-main/descriptor/index.ts';
import { differingBitsOfAll } from '../../../src-main/search/hamming-kernel.ts';

const codes = fc
  .array(fc.uint32Array({ minLength: wordsPerCell, maxLength: wordsPerCell }), { maxLength: 300 })
  .map((rows) => Uint32Array.from(rows.flatMap((row) => [...row])));

function countedOneByOne(a: Uint32Array, b: Uint32Array): number[] {
  const table: number[] = [];
  for (let i = 0; i < a.length; i += wordsPerCell) {
    for (let j = 0; j < b.length; j += wordsPerCell) {
      let bits = 0;
      for (let word = 0; word < wordsPerCell; word++) {
        bits += ((a[i + word] ^ b[j + word]) >>> 0).toString(2).replaceAll('0', '').length;
      }
      table.push(bits);
    }
  }
  return table;
}

it('counts the bits in which any two codes differ, however many there are', () => {
  fc.assert(
    fc.property(codes, codes, (a, b) => {
      expect([...differingBitsOfAll(a, b)]).toEqual(countedOneByOne(a, b));
    }),
    { numRuns: 20 },
  );
  const [none, all] = [new Uint32Array(wordsPerCell), new Uint32Array(wordsPerCell).fill(2 ** 32 - 1)];
  expect([...differingBitsOfAll(none, all)]).toEqual([32 * wordsPerCell]);
});
