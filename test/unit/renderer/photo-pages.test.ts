import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Client, type Transport } from '../../../src-renderer/client.ts';
import type * as PagesModule from '../../../src-renderer/state/photo-pages.svelte.ts';

let pagesModule: typeof PagesModule;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  pagesModule = await import('../../../src-renderer/state/photo-pages.svelte.ts');
});

/** A library of this many photos whose ids are their places; `asked` lists the offsets that were asked for. */
function setUp(total: number): {
  pages: PagesModule.PhotoPages;
  asked: number[];
  library: { total: number };
} {
  const asked: number[] = [];
  const library = { total };
  const transport: Transport = {
    send: (_command, args) => {
      const { offset, limit } = args as { offset: number; limit: number };
      asked.push(offset);
      const ids = Array.from({ length: Math.min(limit, library.total - offset) }, (_, i) => offset + i);
      const photos = ids.map((id) => ({
        id,
        name: '',
        directory: '',
        folderId: 1,
        width: 1,
        height: 1,
        offline: false,
      }));
      return Promise.resolve({ id: 1, ok: true, value: { total: library.total, photos } });
    },
    subscribe: () => () => undefined,
  };
  return { pages: new pagesModule.PhotoPages(new Client(transport)), asked, library };
}

describe('the pages of the library', () => {
  it('are asked for once, and only where they are shown', async () => {
    const { pages, asked } = setUp(200_000);
    await pages.refresh();
    pages.need(150_190, 150_210);
    pages.need(150_195, 150_205);
    await vi.waitFor(() => expect(pages.at(150_205)?.id).toBe(150_205));
    pages.need(150_190, 150_210);
    expect(asked).toEqual([0, 150_000, 150_200]);
    expect(pages.at(99_999)).toBeUndefined();
  });

  it('stay while they are fetched anew, so that nothing flickers', async () => {
    const { pages, library } = setUp(300);
    await pages.refresh();
    library.total = 301;
    const refreshed = pages.refresh();
    expect(pages.at(10)?.id).toBe(10);
    await refreshed;
    expect(pages.total).toBe(301);
  });

  it('are forgotten when there are too many, the oldest first', async () => {
    const { pages } = setUp(200_000);
    const { mostPages, pageSize } = pagesModule;
    await pages.refresh();
    const last = mostPages * pageSize;
    pages.need(pageSize, last);
    await vi.waitFor(() => expect(pages.at(last)?.id).toBe(last));
    expect(pages.at(0)).toBeUndefined();
    expect(pages.at(pageSize)?.id).toBe(pageSize);
  });
});
