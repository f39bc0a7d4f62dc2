import { expect, it } from 'vitest';
import { LatestOnly } from '../../../src-main/engine/latest-only.ts';

it('only the latest question of an asker goes on, and nobody is cut short by another', () => {
  const latest = new LatestOnly();
  const [first, other] = [latest.begin('a window'), latest.begin('a terminal')];
  const second = latest.begin('a window');
  expect([first, other, second].map(({ aborted }) => aborted)).toEqual([true, false, false]);
});

it('many askers are not remembered for ever', () => {
  const latest = new LatestOnly();
  const first = latest.begin('0');
  for (let asker = 1; asker <= 100; asker++) latest.begin(String(asker));
  latest.begin('0');
  expect(first.aborted).toBe(false);
});
