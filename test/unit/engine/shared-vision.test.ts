import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Extraction } from '../../../src-main/descriptor/index.ts';
import { SharedVision } from '../../../src-main/engine/shared-vision.ts';
import type { Vision } from '../../../src-main/vision/index.ts';

const extraction = (longerSide: number): Extraction => ({
  model: 'default',
  modelSha256: 'a',
  longerSide,
  scales: [1],
  taps: [],
});

/** What matters of a reader here is when it starts and when it is closed. */
function watched() {
  const log: string[] = [];
  const busy = { is: false };
  const shared = new SharedVision({
    start: ({ longerSide }) => {
      log.push(`start ${longerSide}`);
      if (longerSide === 0) return Promise.reject(new Error('no model'));
      const finish = () => Promise.resolve(void log.push(`close ${longerSide}`));
      return Promise.resolve({ finish } as Partial<Vision> as Vision);
    },
    isBusy: () => busy.is,
    idleMs: 1000,
  });
  return { shared, log, busy };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the photo reader that is shared', () => {
  it('is started once for an extraction, and gives way to one for another', async () => {
    const { shared, log } = watched();
    const [first, again] = await Promise.all([shared.for(extraction(512)), shared.for(extraction(512))]);
    expect(again).toBe(first);
    await shared.for(extraction(724));
    expect(log).toEqual(['start 512', 'start 724', 'close 512']);
  });

  it('goes after a while without use, and comes back with the next photo', async () => {
    const { shared, log } = watched();
    await shared.for(extraction(512));
    await vi.advanceTimersByTimeAsync(900);
    await shared.for(extraction(512));
    await vi.advanceTimersByTimeAsync(900);
    expect(log).toEqual(['start 512']);
    await vi.advanceTimersByTimeAsync(200);
    await shared.for(extraction(512));
    expect(log).toEqual(['start 512', 'close 512', 'start 512']);
  });

  it('stays while something may hold on to it', async () => {
    const { shared, log, busy } = watched();
    busy.is = true;
    await shared.for(extraction(512));
    await vi.advanceTimersByTimeAsync(5000);
    expect(log).toEqual(['start 512']);
    busy.is = false;
    await vi.advanceTimersByTimeAsync(1100);
    expect(log).toEqual(['start 512', 'close 512']);
  });

  it('is tried anew after it could not be started', async () => {
    const { shared, log } = watched();
    await expect(shared.for(extraction(0))).rejects.toThrow('no model');
    await expect(shared.for(extraction(0))).rejects.toThrow('no model');
    expect(log).toEqual(['start 0', 'start 0']);
    await shared.release();
  });
});
