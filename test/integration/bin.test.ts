/** What may go to the bin, and how it comes back where something is in the way. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { binThrough, type BinOutcome, type ShownPhoto } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { BinPlaces } from '../../src-main/library/index.ts';
import { moveToBin } from '../../src-main/server/index.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
let photos: string;
let data: string;
const dataBefore = process.env['XDG_DATA_HOME'];

const engine = () => small.engine;
const inBin = (): string[] => readdirSync(join(data, 'Trash/files'));

async function idOf(name: string): Promise<number> {
  const page = await engine().call('photos', { offset: 0, limit: 100, order: 'path' });
  return page.photos.find((photo) => photo.name === name)?.id ?? 0;
}

/** A photo as a page shows it. */
async function shown(name: string): Promise<ShownPhoto> {
  return { photoId: await idOf(name), path: join(photos, name) };
}

/** Moves photos to the bin in favour of one that stays. */
async function bin(names: string[], kept: string): Promise<BinOutcome> {
  const going = await Promise.all(names.map(shown));
  return binThrough(engine().call, { photos: going, kept: [await shown(kept)] }, moveToBin);
}

describe.skipIf(process.platform !== 'linux')('the bin (skipped where no program may look into it)', () => {
  beforeAll(async () => {
    // The bin of a freedesktop.org desktop, for this test alone.
    data = mkdtempSync(join(tmpdir(), 'semblance-bin-'));
    process.env['XDG_DATA_HOME'] = data;
    small = await smallLibrary(8, 96, { knownDevice: true });
    photos = join(small.root, 'photos');
    for (let i = 0; i < 8; i++) await writePhoto(photos, `${i}.png`, i);
    await engine().call('addFolder', { path: photos });
    await engine().index(engine().library.folders.toScan()).ended;
  }, 120_000);

  afterAll(async () => {
    await engine().close();
    await small.close();
    if (dataBefore === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = dataBefore;
    rmSync(data, { recursive: true, force: true });
  });

  it('gives nothing back to a library that can only be read, nor where one of the files is not known', async () => {
    const { binned } = await bin(['1.png'], '0.png');
    const binnedIds = binned.map(({ id }) => id);
    const reader = Engine.open({ libraryPath: engine().library.path, access: 'read' });
    await expect(reader.call('restoreBinned', { binnedIds })).rejects.toMatchObject({
      code: 'library-read-only',
    });
    await reader.close();
    await expect(engine().call('restoreBinned', { binnedIds: [...binnedIds, 999] })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(existsSync(join(photos, '1.png'))).toBe(false);
    expect(inBin()).toHaveLength(1);
    expect((await engine().call('restoreBinned', { binnedIds })).restored).toHaveLength(1);
    expect(inBin()).toEqual([]);
  });

  it('does not count on a file that is no longer what was indexed', async () => {
    const kept = join(photos, '2.png');
    const bytes = readFileSync(kept);
    const overwrite = () => writeFileSync(kept, '');
    const leadNowhere = () => {
      rmSync(kept);
      symlinkSync(join(photos, 'nowhere.png'), kept);
    };
    for (const spoil of [overwrite, leadNowhere]) {
      spoil();
      await expect(bin(['3.png'], '2.png')).rejects.toMatchObject({ code: 'invalid-arguments' });
    }
    expect(existsSync(join(photos, '3.png'))).toBe(true);
    rmSync(kept);
    writeFileSync(kept, bytes);
  });

  it('knows every file that went before the program was ended', async () => {
    const [going, kept] = [await Promise.all(['4.png', '5.png'].map(shown)), await shown('0.png')];
    const binning = binThrough(engine().call, { photos: going, kept: [kept] }, (path) =>
      path.endsWith('5.png') ? new Promise(() => undefined) : moveToBin(path),
    );
    binning.catch(() => undefined);
    await expect.poll(() => idOf('4.png'), { timeout: 15_000 }).toBe(0);
    const { files } = await engine().call('binnedFiles', { offset: 0, limit: 1 });
    expect(files).toMatchObject([{ path: join(photos, '4.png'), canRestore: true }]);
    await engine().call('recordBinned', { photoIds: going.map(({ photoId }) => photoId) });
    await engine().call('restoreBinned', { binnedIds: files.map(({ id }) => id) });
    expect(inBin()).toEqual([]);
  });

  it('does not count on a photo that is itself on its way, until that has not gone', async () => {
    const [one, other] = [await shown('6.png'), await shown('7.png')];
    const either = { photos: [one], kept: [other] };
    const opposite = { photos: [other], kept: [one] };
    const meanwhile: unknown[] = [];
    const outcome = await binThrough(engine().call, either, async () => {
      meanwhile.push(
        await engine()
          .call('checkBinning', opposite)
          .catch((error: unknown) => error),
      );
      throw new Error('no bin');
    });
    expect(meanwhile).toMatchObject([{ code: 'invalid-arguments' }]);
    expect(outcome).toMatchObject({ binned: [], failed: [{ path: join(photos, '6.png') }] });
    expect((await engine().call('checkBinning', opposite)).files).toHaveLength(1);
    await engine().call('recordBinned', { photoIds: [other.photoId] });
  });

  it('counts on a photo again whose outcome nobody has told for ten minutes', async () => {
    const [one, other] = [await shown('6.png'), await shown('7.png')];
    await engine().call('checkBinning', { photos: [one], kept: [other] });
    const opposite = { photos: [other], kept: [one] };
    await expect(engine().call('checkBinning', opposite)).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 600_000);
    try {
      expect((await engine().call('checkBinning', opposite)).files).toHaveLength(1);
    } finally {
      later.mockRestore();
    }
    await engine().call('recordBinned', { photoIds: [one.photoId, other.photoId] });
  });

  it('takes no file whose number belongs to another one by now than the page shows, nor counts on one', async () => {
    const [one, other] = [await shown('6.png'), await shown('7.png')];
    const elsewhere = { ...one, path: join(photos, 'gone.png') };
    for (const binning of [
      { photos: [elsewhere], kept: [other] },
      { photos: [other], kept: [elsewhere] },
      { photos: [elsewhere], allOfGroup: true },
    ]) {
      await expect(engine().call('checkBinning', binning)).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining(elsewhere.path) as string,
      });
    }
    expect((await engine().call('checkBinning', { photos: [one], kept: [other] })).files).toHaveLength(1);
    await engine().call('recordBinned', { photoIds: [one.photoId] });
  });

  it('is read once, however many files go there, and anew when it was emptied', () => {
    const info = join(data, 'Trash/info');
    const files = join(data, 'Trash/files');
    const put = (name: string, path: string): void => {
      writeFileSync(
        join(info, `${name}.trashinfo`),
        `[Trash Info]\nPath=${path}\nDeletionDate=2024-01-01T00:00:00\n`,
      );
      writeFileSync(join(files, name), '');
    };
    const places = new BinPlaces();
    put('a', join(photos, 'a.png'));
    expect(places.of([join(photos, 'a.png')])).toEqual([join(files, 'a')]);
    // What was read is not read again.
    writeFileSync(join(info, 'a.trashinfo'), '');
    put('b', join(photos, 'b.png'));
    expect(places.of([join(photos, 'b.png'), join(photos, 'a.png')])).toEqual([
      join(files, 'b'),
      join(files, 'a'),
    ]);
    put('a', join(photos, 'c.png'));
    expect(places.of([join(photos, 'c.png'), join(photos, 'none.png')])).toEqual([join(files, 'a'), null]);
    for (const name of ['a', 'b']) {
      rmSync(join(files, name));
      rmSync(join(info, `${name}.trashinfo`));
    }
  });

  it('leaves a file in the bin that has come to the place of the one that went, though it is as large', async () => {
    const { binned } = await bin(['3.png'], '0.png');
    const place = join(data, 'Trash/files', inBin()[0]);
    const bytes = readFileSync(place);
    writeFileSync(place, bytes.toReversed());
    const binnedIds = binned.map(({ id }) => id);
    expect(await engine().call('restoreBinned', { binnedIds })).toMatchObject({
      restored: [],
      failed: [{ path: join(photos, '3.png') }],
    });
    expect(existsSync(join(photos, '3.png'))).toBe(false);
    writeFileSync(place, bytes);
    expect((await engine().call('restoreBinned', { binnedIds })).restored).toHaveLength(1);
    expect(readFileSync(join(photos, '3.png'))).toEqual(bytes);
  });
});
