import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFitFile } from '../../../src-main/descriptor/fit-file.ts';
import { decodeFit, encodeFit, fitPca, plainProduct } from '../../../src-main/descriptor/index.ts';

const values = Float32Array.from({ length: 30 * 9 }, (_, i) => Math.sin(i * i));
const fit = await fitPca({ rows: 30, columns: 9, values }, 5, plainProduct);

describe('a stored fit', () => {
  it('comes back as it was', () => {
    expect(decodeFit(encodeFit(fit))).toEqual(fit);
  });

  it('comes back with components to half precision, and all else as it was, in the form that is shipped', () => {
    const bytes = encodeFit(fit, { half: true });
    expect(bytes.length).toBe(encodeFit(fit).length - 2 * fit.components.length);
    const { components, ...rest } = decodeFit(bytes);
    expect(rest).toEqual({ ...fit, components: undefined });
    components.forEach((value, i) => expect(Math.abs(value - fit.components[i])).toBeLessThan(2 ** -11));
  });

  it('is read from files of the first version, which know no shrinkage', () => {
    const bytes = encodeFit(fit);
    const first = new Uint8Array(bytes.length - 8);
    first.set(bytes.subarray(0, 32));
    first.set(bytes.subarray(40), 32);
    first[4] = 1;
    first.set(createHash('sha256').update(first.subarray(0, -32)).digest(), first.length - 32);
    expect(decodeFit(first)).toEqual({ ...fit, shrinkage: 0 });
    expect(fit.shrinkage).toBeGreaterThan(0);
  });

  it('is read from the file that ships', () => {
    const shipped = decodeFit(readFileSync('resources/generic-fit/generic-fit.bin'));
    expect(shipped.dimension).toBe(256);
    expect(shipped.components).toHaveLength(256 * shipped.inputs);
    expect(shipped.totalVariance).toBeGreaterThan(shipped.eigenvalues[0]);
  });

  it('is told from other files by how it begins', () => {
    expect(isFitFile(encodeFit(fit))).toBe(true);
    expect(isFitFile(encodeFit(fit).subarray(1))).toBe(false);
    expect(isFitFile(new Uint8Array(3))).toBe(false);
  });

  it('is read from anywhere in memory', () => {
    const bytes = encodeFit(fit);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeFit(shifted.subarray(3))).toEqual(fit);
  });

  it('is refused when any byte was changed', () => {
    const bytes = encodeFit(fit);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x10;
      expect(() => decodeFit(damaged)).toThrow(expect.objectContaining({ code: 'library-damaged' }));
    }
  });

  it.each([0, 1, 40, 100])('is refused when only %d bytes of it are there', (length) => {
    const cut = encodeFit(fit).subarray(0, length);
    expect(() => decodeFit(cut)).toThrow(expect.objectContaining({ code: 'library-damaged' }));
  });
});
