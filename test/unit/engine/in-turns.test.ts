import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTurns } from '../../../src-main/engine/in-turns.ts';

function* endless(): Generator<number> {
  for (let i = 0; ; i++) yield i;
}

describe('going through something long', () => {
  it('takes every item in its order, and hands on what comes in the end', async () => {
    const taken: number[] = [];
    const items = (function* () {
      yield* [1, 2, 3];
      return 'all';
    })();
    expect(await inTurns(items, (item) => taken.push(item))).toBe('all');
    expect(taken).toEqual([1, 2, 3]);
  });

  it('lets others have their turn, who can cancel it', async () => {
    const abort = new AbortController();
    const going = inTurns(endless(), () => undefined, abort.signal);
    await setTimeout(1);
    abort.abort();
    await expect(going).rejects.toMatchObject({ code: 'cancelled' });
  });
});
