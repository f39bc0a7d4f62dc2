import { describe, expect, it } from 'vitest';
import { decodeFit, encodeFit, fitPca, plainProduct } from '../../../src-main/descriptor/index.ts';

const values = Float64Array.from({ length: 30 * 9 }, (_, i) => Math.sin(i * i));
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
