import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DeviceTurn } from '../../../src-main/vision/device-turn.ts';

const shared = (): SharedArrayBuffer => new SharedArrayBuffer(4);

describe('a device', () => {
  it('is used by one at a time, and by everybody in the end', async () => {
    const turn = new DeviceTurn(shared());
    let inside = 0;
    let most = 0;
    const use = (): Promise<void> =>
      turn.within(async () => {
        most = Math.max(most, ++inside);
        await setImmediate();
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 20 }, use));
    expect(most).toBe(1);
  });

  it('is free again after a failure', async () => {
    const turn = new DeviceTurn(shared());
    await expect(turn.within(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(await turn.within(() => Promise.resolve('fine'))).toBe('fine');
  });

  it('is free again when the thread whose turn it was has been ended', async () => {
    const memory = shared();
    const turn = new DeviceTurn(memory);
    const ended = 7;
    new Int32Array(memory)[0] = ended + 1;
    const waiting = turn.within(() => Promise.resolve('my turn'));
    await setImmediate();
    turn.giveBack(ended + 1);
    turn.giveBack(ended);
    expect(await waiting).toBe('my turn');
  });
});
