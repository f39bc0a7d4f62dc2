import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Folder, IndexSummary } from '../../src-main/contract/index.ts';
import type { Engine } from '../../src-main/engine/index.ts';
import { Library, type Mount, scanFolder } from '../../src-main/library/index.ts';
import { writePhoto } from '../fixtures/photo-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
let engine: Engine;
/** Where drives are mounted, and the folder that is a drive's top. */
let media: string;
let usb: string;
let mounts: Mount[];

function mountOf(mountPoint: string, volume: string, sure = true): Mount {
  return { mountPoint, root: '/', volume, isSure: sure, isRemote: false };
}

/** The drive is pulled out; what it was mounted on stays behind, empty. */
function unplug(): void {
  renameSync(usb, join(small.root, 'drawer'));
  mkdirSync(usb);
  mounts = mounts.filter(({ mountPoint }) => mountPoint !== usb);
  engine.library.places.refresh();
}

function plugIn(mountPoint: string, volume = 'uuid:usb', sure = true): void {
  rmSync(mountPoint, { recursive: true, force: true });
  renameSync(join(small.root, 'drawer'), mountPoint);
  mounts = [...mounts, mountOf(mountPoint, volume, sure)];
  engine.library.places.refresh();
}

beforeEach(async () => {
  mounts = [mountOf('/', 'uuid:system')];
  small = await smallLibrary(4, 64, { knownDevice: true, volumes: () => mounts });
  ({ engine } = small);
  media = join(small.root, 'media');
  usb = join(media, 'usb');
  for (let i = 0; i < 3; i++) await writePhoto(join(usb, 'trip', `${i}.jpg`), i);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await small.close();
});

async function index(): Promise<IndexSummary> {
  const { summary, error } = await engine.index(engine.library.folders.toScan()).ended;
  if (!summary) throw new Error(error?.message);
  return summary;
}

async function addAndIndex(path: string): Promise<Folder> {
  const folder = await engine.call('addFolder', { path });
  await index();
  return folder;
}

async function offlineMarks(): Promise<boolean[]> {
  const { photos } = await engine.call('photos', { offset: 0, limit: 100, order: 'path' });
  return photos.map(({ offline }) => offline);
}

describe.each([
  { known: 'with an identity of its own', volume: 'uuid:usb', sure: true },
  { known: 'of which only the device’s name is known', volume: 'vfat:/dev/sdb1', sure: false },
])('a drive $known that is not mounted', ({ volume, sure }) => {
  beforeEach(() => {
    mounts = [...mounts, mountOf(usb, volume, sure)];
  });

  it('keeps its photos: found with thumbnails, marked, and nothing is forgotten', async () => {
    const { id } = await addAndIndex(usb);
    unplug();
    expect(await index()).toMatchObject({ photos: 3, removed: 0, unchanged: 0, offline: [usb] });
    expect((await engine.call('folders', {}))[0]).toMatchObject({ id, available: false, photos: 3 });
    expect(await offlineMarks()).toEqual([true, true, true]);
    const { photos } = await engine.call('photos', { offset: 0, limit: 1, order: 'path' });
    const { results } = await engine.call('search', {
      examples: [{ kind: 'photo', photoId: photos[0].id }],
      top: 3,
    });
    expect(results.map(({ photo }) => photo.offline)).toEqual([true, true, true]);
    expect((await engine.call('thumbnail', { photoId: photos[0].id })).bytes.length).toBeGreaterThan(0);
    const filtered = await engine.call('photos', {
      offset: 0,
      limit: 9,
      order: 'path',
      filter: { offline: true },
    });
    expect(filtered.total).toBe(3);
  });

  it('is there again at its old place, with nothing to do', async () => {
    await addAndIndex(usb);
    unplug();
    await index();
    plugIn(usb, volume, sure);
    expect(await index()).toMatchObject({ unchanged: 3, indexed: 0, moved: 0, removed: 0, offline: [] });
    expect(await offlineMarks()).toEqual([false, false, false]);
  });

  it('is known again under another mount point', async () => {
    const { id } = await addAndIndex(usb);
    unplug();
    const other = join(media, 'usb1');
    plugIn(other, sure ? volume : 'vfat:/dev/sdc1', sure);
    expect(engine.library.places.find(id)).toBe(other);
  });
});

describe('a folder on a drive', () => {
  it('is found at its place on the drive, wherever that is mounted', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    const { id } = await addAndIndex(join(usb, 'trip'));
    unplug();
    expect(engine.library.places.find(id)).toBeNull();
    const other = join(media, 'elsewhere');
    plugIn(other);
    expect(engine.library.places.find(id)).toBe(join(other, 'trip'));
  });

  it('is not taken for that of another drive that came under its mount point', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    const { id } = await addAndIndex(usb);
    unplug();
    await writePhoto(join(usb, 'trip', '0.jpg'), 50);
    await writePhoto(join(usb, 'new.jpg'), 51);
    mounts = [...mounts, mountOf(usb, 'uuid:another')];
    engine.library.places.refresh();
    expect(await index()).toMatchObject({ photos: 3, indexed: 0, removed: 0, offline: [usb] });
    expect(engine.library.places.find(id)).toBeNull();
  });

  it('is known by its files after the drive was copied to a new one', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    await addAndIndex(usb);
    unplug();
    cpSync(join(small.root, 'drawer'), usb, { recursive: true, preserveTimestamps: true });
    mounts = [...mounts, mountOf(usb, 'uuid:new')];
    engine.library.places.refresh();
    expect(await index()).toMatchObject({ unchanged: 3, indexed: 0, moved: 0, offline: [] });
    // The new drive is remembered from now on.
    unplugAgain();
    expect(engine.library.places.isHere(1)).toBe(false);
  });

  function unplugAgain(): void {
    rmSync(usb, { recursive: true });
    mkdirSync(usb);
    mounts = mounts.filter(({ mountPoint }) => mountPoint !== usb);
    engine.library.places.refresh();
  }

  it('that a person has emptied is empty, and no drive is looked for', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    await addAndIndex(usb);
    rmSync(join(usb, 'trip'), { recursive: true });
    expect(await index()).toMatchObject({ photos: 0, removed: 3, offline: [] });
  });

  it('loses nothing when the drive goes while it is looked at', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    await addAndIndex(usb);
    const { files } = engine.library;
    const asked = vi.spyOn(files, 'filesIn').mockImplementationOnce((folderId, directory) => {
      asked.mockRestore();
      const known = files.filesIn(folderId, directory);
      unplug();
      return known;
    });
    expect(await index()).toMatchObject({ photos: 3, removed: 0, offline: [usb] });
  });

  it('sets nothing aside when the drive goes while photos are read', async () => {
    mounts = [...mounts, mountOf(usb, 'uuid:usb')];
    await addAndIndex(usb);
    for (let i = 10; i < 14; i++) await writePhoto(join(usb, `${i}.jpg`), i);
    utimesSync(join(usb, 'trip/0.jpg'), 5, 5);
    const vision = await engine.vision();
    const read = vision.extractFile.bind(vision);
    vi.spyOn(vision, 'extractFile').mockImplementation((path, isKnown) => {
      if (mounts.length > 1) unplug();
      return read(path, isKnown);
    });
    expect(await index()).toMatchObject({
      photos: 3,
      removed: 0,
      indexed: 0,
      skippedCount: 0,
      offline: [usb],
    });
    expect((await engine.call('problems', { offset: 0, limit: 10 })).total).toBe(0);
  });
});

describe('a folder that nothing is known of but its files', () => {
  it('is away when it is empty, and there when its files are', async () => {
    mounts = [];
    const { id } = await addAndIndex(usb);
    expect(engine.library.places.isHere(id)).toBe(true);
    unplug();
    expect(await index()).toMatchObject({ photos: 3, removed: 0, offline: [usb] });
    plugIn(usb);
    expect(await index()).toMatchObject({ unchanged: 3, offline: [] });
  });
});

describe('a person says where a folder is now', () => {
  it('and its photos keep their ids, with nothing computed', async () => {
    const folder = await addAndIndex(usb);
    const before = await engine.call('photos', { offset: 0, limit: 9, order: 'path' });
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    const elsewhere = join(small.root, 'archive');
    renameSync(usb, elsewhere);
    engine.library.places.refresh();
    expect(await offlineMarks()).toEqual([true, true, true]);
    const moved = await engine.call('relocateFolder', { folderId: folder.id, path: elsewhere });
    await engine.jobs.idle();
    expect(moved).toMatchObject({ id: folder.id, path: elsewhere, available: true });
    expect(await engine.call('photos', { offset: 0, limit: 9, order: 'path' })).toEqual({
      ...before,
      photos: before.photos.map((photo) => ({ ...photo, offline: false })),
    });
    expect(computed).not.toHaveBeenCalled();
  });

  it('and is told when none of its photos are there, or another folder is', async () => {
    const folder = await addAndIndex(usb);
    const wrong = join(small.root, 'wrong');
    await writePhoto(join(wrong, 'x.jpg'), 9);
    const relocate = (path: string) => engine.call('relocateFolder', { folderId: folder.id, path });
    await expect(relocate(wrong)).rejects.toMatchObject({ code: 'invalid-arguments' });
    await expect(relocate(join(wrong, 'nowhere'))).rejects.toMatchObject({ code: 'no-such-folder' });
    cpSync(usb, join(wrong, 'copy'), { recursive: true, preserveTimestamps: true });
    await engine.call('addFolder', { path: wrong });
    await expect(relocate(join(wrong, 'copy'))).rejects.toMatchObject({ code: 'folder-overlaps' });
  });
});

/** Whether file systems can be mounted here: as root on Linux only. */
const canMount =
  process.platform === 'linux' && spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!canMount || process.getuid?.() !== 0)('real mounts (skipped where none may be made)', () => {
  let root: string;
  const mounted = new Set<string>();

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'semblance-mounts-'));
  });

  afterEach(() => {
    for (const point of mounted) execFileSync('umount', [point]);
    mounted.clear();
    rmSync(root, { recursive: true, force: true });
  });

  it('are told from the empty folder they leave behind, and what they held is found where it is', async () => {
    const [drive, point] = ['drive', 'mount point'].map((name) => join(root, name));
    await writePhoto(join(drive, 'trip/a.jpg'), 1);
    mkdirSync(point);
    execFileSync('mount', ['--bind', drive, point]);
    mounted.add(point);
    const library = Library.open(join(root, 'library'), 'write');
    const folder = library.folders.add(point, 1);
    const { toRead } = await scanFolder(folder, library.files, { checkpoint: () => undefined });
    const content = library.contents.add({ hash: 'a', width: 1, height: 1, format: 'jpeg' });
    library.photos.record(toRead[0], content, 1);
    expect(library.places.isHere(folder.id)).toBe(true);
    execFileSync('umount', [point]);
    mounted.delete(point);
    library.places.refresh();
    expect(library.places.isHere(folder.id)).toBe(false);
    expect(library.places.find(folder.id)).toBe(drive);
    library.close();
  });
});
