import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { groundColours } from '../../../src-main/app/ground-colours.ts';

it('is the page’s own ground, in either theme', () => {
  const tokens = readFileSync(new URL('../../../src-renderer/styles/tokens.css', import.meta.url), 'utf8');
  expect(tokens).toContain(`--ground: light-dark(${groundColours.light}, ${groundColours.dark});`);
});
