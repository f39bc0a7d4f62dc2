import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../../src-main/contract/index.ts';
import { Client, type Transport } from '../../../src-renderer/client.ts';
import type * as PhotosModule from '../../../src-renderer/state/library-photos.svelte.ts';

let module: typeof PhotosModule;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  module = await import('../../../src-renderer/state/library-photos.svelte.ts');
});

interface Setup {
  photos: PhotosModule.LibraryPhotos;
  /** First ids of what was asked for. */
  asked: number[];
  library: { ids: number[]; gone: Set<number> };
}

/** A library of so many photos with the ids from 1 on. */
function setUp(total: number): Setup {
  const asked: number[] = [];
  const library = { ids: Array.from({ length: total }, (_, place) => place + 1), gone: new Set<number>() };
  const answer = (command: string, args: unknown): unknown => {
    if (command === 'photoLayout') {
      const ids = Uint32Array.from(library.ids);
      const shapes = Uint16Array.from(ids, () => 1500);
      return { ids: new Uint8Array(ids.buffer), shapes: new Uint8Array(shapes.buffer), groups: [] };
    }
    const { photoIds } = args as { photoIds: number[] };
    asked.push(photoIds[0]);
    return photoIds.filter((id) => !library.gone.has(id)).map((id) => ({ id, name: String(id) }));
  };
  const transport: Transport = {
    send: (command, args) => Promise.resolve({ id: 1, ok: true, value: answer(command, args) } as Reply),
    subscribe: () => () => undefined,
  };
  return { photos: new module.LibraryPhotos(new Client(transport)), asked, library };
}

describe('the photos of the library', () => {
  it('are known where they are shown, and asked for once', async () => {
    const { photos, asked } = setUp(200_000);
    await photos.refresh();
    expect(photos.count).toBe(200_000);
    photos.need(150_190, 150_210);
    photos.need(150_195, 150_205);
    await vi.waitFor(() => expect(photos.at(150_205)?.id).toBe(150_206));
    photos.need(150_190, 150_210);
    expect(asked).toEqual([150_101, 150_201]);
    expect(photos.at(99_999)).toBeUndefined();
  });

  it('stay while they are fetched anew, so that nothing flickers', async () => {
    const { photos, library } = setUp(300);
    await photos.refresh();
    photos.need(0, 99);
    await vi.waitFor(() => expect(photos.at(10)).toBeDefined());
    library.ids.push(301);
    const refreshed = photos.refresh();
    expect(photos.at(10)?.id).toBe(11);
    await refreshed;
    expect(photos.count).toBe(301);
    expect(photos.at(10)?.id).toBe(11);
  });

  it('are forgotten when there are too many, the oldest first', async () => {
    const { photos } = setUp(200_000);
    const { mostKept, blockSize } = module;
    await photos.refresh();
    photos.need(0, blockSize - 1);
    photos.need(blockSize, mostKept + blockSize - 1);
    await vi.waitFor(() => expect(photos.at(mostKept + blockSize - 1)).toBeDefined());
    expect(photos.at(0)).toBeUndefined();
    expect(photos.at(blockSize)?.id).toBe(blockSize + 1);
  });

  it('keep the one in focus and the selection where others come and go', async () => {
    const { photos, library } = setUp(10);
    await photos.refresh();
    photos.selection.only(4);
    photos.selection.extendTo(6);
    library.ids = library.ids.filter((id) => id !== 6).toReversed();
    await photos.refresh();
    expect(photos.ids[photos.current]).toBe(7);
    expect(photos.selection.ids).toEqual([7, 5]);
  });

  it('begin with the first of all, whichever comes there, until a person has gone to one', async () => {
    const { photos, library } = setUp(10);
    await photos.refresh();
    library.ids = library.ids.toReversed();
    await photos.refresh();
    expect(photos.ids[photos.current]).toBe(10);
    photos.current = 0;
    library.ids = library.ids.toReversed();
    await photos.refresh();
    expect(photos.ids[photos.current]).toBe(10);
  });

  it('that have gone meanwhile are not asked for over and over', async () => {
    const { photos, asked, library } = setUp(10);
    await photos.refresh();
    library.gone.add(3);
    photos.need(0, 9);
    await vi.waitFor(() => expect(photos.at(0)).toBeDefined());
    photos.need(0, 9);
    expect(photos.at(2)).toBeUndefined();
    expect(asked).toEqual([1]);
  });

  it('are chosen by the filter where all are selected, and by id else', async () => {
    const { photos } = setUp(10);
    await photos.refresh();
    expect(photos.selection.chosen).toEqual({ photoIds: [1] });
    photos.selection.all();
    expect(photos.selection.chosen).toEqual({ filter: {} });
    photos.selection.toggle(0);
    expect(photos.selection.chosen).toEqual({ photoIds: [2, 3, 4, 5, 6, 7, 8, 9, 10] });
  });
});
