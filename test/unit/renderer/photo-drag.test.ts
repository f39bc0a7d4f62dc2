import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../../src-main/contract/index.ts';
import { Client, type Transport } from '../../../src-renderer/client.ts';
import type { Notices } from '../../../src-renderer/state/notices.svelte.ts';
import { PhotoDrag } from '../../../src-renderer/state/photo-drag.ts';

const page = new EventTarget();
beforeEach(() => void vi.stubGlobal('window', page));
afterEach(() => void vi.unstubAllGlobals());

function setUp(missing: string[] = []) {
  const asked: [string, unknown][] = [];
  const told: string[] = [];
  const transport: Transport = {
    send(command, args) {
      asked.push([command, args]);
      const { photoIds } = args as { photoIds: number[] };
      const value =
        command === 'dragPhotos'
          ? { dragged: photoIds.length - missing.length, missing }
          : photoIds.map((id) => ({ id, path: `/photos/${id}.jpg` }));
      return Promise.resolve({ id: 1, ok: true, value } as unknown as Reply);
    },
    subscribe: () => () => undefined,
  };
  const notices = { show: (text: string) => told.push(text) } as unknown as Notices;
  return { drag: new PhotoDrag(new Client(transport), notices), asked, told };
}

describe('photos that are dragged out of the window', () => {
  it('are named by their ids, and those that stay behind are told of', async () => {
    const { drag, asked, told } = setUp(['/photos/5.jpg']);
    await drag.begin([4, 5]);
    expect(asked).toEqual([['dragPhotos', { photoIds: [4, 5] }]]);
    expect(told).toEqual(['1 photo stayed behind: the file is not there at the moment.']);
  });

  it('are known again where they are dropped on the page, until a button is pressed', async () => {
    const { drag } = setUp();
    expect(await drag.photosOf('/photos/4.jpg')).toEqual([]);
    await drag.begin([4, 5]);
    expect((await drag.photosOf('/photos/4.jpg')).map(({ id }) => id)).toEqual([4, 5]);
    expect(await drag.photosOf('/elsewhere/4.jpg')).toEqual([]);
    expect(await drag.photosOf('')).toEqual([]);
    page.dispatchEvent(new Event('pointerdown'));
    expect(await drag.photosOf('/photos/4.jpg')).toEqual([]);
  });

  it('are not more than a system’s drag and drop is for', async () => {
    const { drag, asked, told } = setUp();
    await drag.begin(Array.from({ length: 1001 }, (_, place) => place + 1));
    expect(asked).toEqual([]);
    expect(told).toEqual(['At most 1,000 photos are dragged at a time.']);
  });
});
