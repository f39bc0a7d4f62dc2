import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptAmong } from '../../../src-main/library/kept-files.ts';

function kept(decided: string[], copies: string[]): string[] {
  return keptAmong(
    decided,
    copies.map((path) => ({ path })),
  ).map(({ path }) => path);
}

describe('of copies of one file', () => {
  it('those are kept that were chosen where they are', () => {
    expect(kept(['/a/1.jpg'], ['/b/1.jpg', '/a/1.jpg'])).toEqual(['/a/1.jpg']);
    expect(kept(['/a/1.jpg', '/b/1.jpg'], ['/b/1.jpg', '/a/1.jpg', '/c/1.jpg'])).toHaveLength(2);
    expect(kept([], ['/a/1.jpg'])).toEqual([]);
  });

  it('the one is kept that lies on the drive as the chosen one did, which is under another name now', () => {
    const copies = ['/photos/copies/1.jpg', 'F:\\trip\\day 1\\1.jpg'];
    expect(kept(['/mnt/usb/trip/day 1/1.jpg'], copies)).toEqual(['F:\\trip\\day 1\\1.jpg']);
  });

  it('all are kept where nobody can tell which was meant', () => {
    expect(kept(['/gone/x.jpg'], ['/b/1.jpg', '/a/2.jpg'])).toEqual(['/b/1.jpg', '/a/2.jpg']);
  });

  it('at least one is kept if any was chosen, whatever has become of the files', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', '1.jpg'), { minLength: 1, maxLength: 3 })
      .map((names) => `/${names.join('/')}`);
    const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(paths, paths, (decided, copies) => {
        const found = kept(decided, copies);
        expect(found.length).toBeGreaterThan(0);
        for (const each of decided.filter((chosen) => copies.includes(chosen))) expect(found).toContain(each);
      }),
    );
  });
});
