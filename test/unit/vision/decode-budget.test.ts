import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DecodeBudget, sharedBudget } from '../../../src-main/vision/decode-budget.ts';

const megabyte = 1024 * 1024;

/** Decodes photos of the given sizes on two threads' budgets at once; returns what was taken at the most. */
async function most(sizes: number[]): Promise<{ bytes: number; together: number }> {
  const shared = sharedBudget();
  const budgets = [new DecodeBudget(shared), new DecodeBudget(shared)];
  const found = { bytes: 0, together: 0 };
  let [bytes, together] = [0, 0];
  await Promise.all(
    sizes.map((size, i) =>
      budgets[i % 2].within(size, async () => {
        bytes += size;
        together += 1;
        found.bytes = Math.max(found.bytes, bytes);
        found.together = Math.max(found.together, together);
        await pause(2);
        bytes -= size;
        together -= 1;
      }),
    ),
  );
  return found;
}

describe('memory for decoding', () => {
  it('lets photos that are decoded in strips pass at once', async () => {
    expect((await most(Array<number>(8).fill(0))).together).toBe(8);
  });

  it('lets them pass while a large photo takes all of it, too', async () => {
    expect((await most([600 * megabyte, 0, 0, 0])).together).toBe(4);
  });

  it('is shared: large photos wait until there is room', async () => {
    const { bytes, together } = await most(Array<number>(9).fill(100 * megabyte));
    expect(together).toBe(2);
    expect(bytes).toBe(200 * megabyte);
  });

  it('is given to one photo alone that takes more than all of it', async () => {
    expect((await most(Array<number>(4).fill(600 * megabyte))).together).toBe(1);
  });

  it('is given back by a photo that cannot be decoded', async () => {
    const budget = new DecodeBudget(sharedBudget());
    const broken = budget.within(600 * megabyte, () => Promise.reject(new Error('truncated')));
    await expect(broken).rejects.toThrow('truncated');
    await expect(budget.within(600 * megabyte, () => Promise.resolve('read'))).resolves.toBe('read');
  });
});
