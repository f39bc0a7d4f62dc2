import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { extensions } from '../../../resources/packaging/photo-types.ts';
import { photoExtensions } from '../../../src-main/contract/index.ts';

it('the system is told of every photo that Semblance opens, and of no other', () => {
  expect(extensions.map((extension) => `.${extension}`).sort()).toEqual([...photoExtensions].sort());
});

it('so is Windows, by the installer', () => {
  const script = readFileSync(new URL('../../../resources/packaging/open-with.nsh', import.meta.url), 'utf8');
  const offered = [...script.matchAll(/!insertmacro offerFor "(\w+)"/g)].map(([, extension]) => extension);
  expect(offered).toEqual(extensions);
});
