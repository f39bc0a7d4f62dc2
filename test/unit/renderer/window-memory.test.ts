import { describe, expect, it } from 'vitest';
import type { RememberedView, Reply } from '../../../src-main/contract/index.ts';
import { Client } from '../../../src-renderer/client.ts';
import { WindowMemory } from '../../../src-renderer/state/window-memory.ts';

const shown: RememberedView = { view: 'map', order: 'name', filter: { leastRating: 3 } };

/** A library that remembers; the first questions may find it away. */
function memory(remembered: RememberedView | null, failures = 0) {
  const kept: unknown[] = [];
  let left = failures;
  const client = new Client({
    send(command, args): Promise<Reply> {
      if (command === 'rememberView') kept.push(args);
      const isAway = command === 'rememberedView' && left-- > 0;
      return Promise.resolve(
        isAway
          ? { id: 1, ok: false, error: { code: 'engine-lost', message: 'away', retryable: true } }
          : { id: 1, ok: true, value: command === 'rememberedView' ? remembered : (args as never) },
      );
    },
    subscribe: () => () => undefined,
  });
  return { memory: new WindowMemory(client), kept };
}

describe('what a window showed', () => {
  it('is shown again once, however often it is asked for', async () => {
    const { memory: window } = memory(shown);
    const seen: RememberedView[] = [];
    await Promise.all([window.restore((view) => seen.push(view)), window.restore((view) => seen.push(view))]);
    expect(seen).toEqual([shown]);
  });

  it('is asked for again where the library was away', async () => {
    const { memory: window } = memory(shown, 1);
    const seen: RememberedView[] = [];
    await expect(window.restore((view) => seen.push(view))).rejects.toMatchObject({ code: 'engine-lost' });
    await window.restore((view) => seen.push(view));
    expect(seen).toEqual([shown]);
  });

  it('is kept only where it changes, and never before it is known what was kept', async () => {
    const { memory: window, kept } = memory(shown);
    window.keep({ view: 'library', order: 'path', filter: {} });
    expect(kept).toEqual([]);
    await window.restore(() => undefined);
    window.keep({ ...shown });
    expect(kept).toEqual([]);
    window.keep({ ...shown, view: 'tune' });
    window.keep({ ...shown, view: 'tune' });
    expect(kept).toEqual([{ ...shown, view: 'tune' }]);
  });

  it('is nothing at the first start', async () => {
    const { memory: window, kept } = memory(null);
    await window.restore(() => expect.unreachable());
    window.keep(shown);
    expect(kept).toEqual([shown]);
  });
});
