import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IndexSummary } from '../../src-main/contract/index.ts';
import { Library, type ScannedFolder, scanFolder } from '../../src-main/library/index.ts';
import { writePhoto } from '../fixtures/photo-files.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

const checkpoint = (): Promise<void> => Promise.resolve();

function write(root: string, files: string[]): void {
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), `content of ${file}`);
  }
}

/** Nothing is closed to root, so for a while this is somebody else. */
async function asNobody<Result>(root: string, action: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return action();
  chmodSync(root, 0o755);
  process.seteuid?.(65_534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('what of a folder is looked at', () => {
  let root: string;
  let library: Library;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'semblance-scan-'));
    library = Library.open(join(root, 'library'), 'write');
  });

  afterEach(() => {
    library.close();
    rmSync(root, { recursive: true, force: true });
  });

  function folderOf(
    files: string[],
    settings: { patterns?: string; followLinks?: boolean } = {},
  ): ScannedFolder {
    const path = join(root, 'photos');
    write(path, files);
    const { id } = library.folders.add(path, 1);
    library.folders.change(id, settings);
    return library.folders.get(id);
  }

  async function found(folder: ScannedFolder): Promise<string[]> {
    const { toRead } = await scanFolder(folder, library.files, { checkpoint });
    return toRead.map(({ directory, name }) => (directory === '' ? name : `${directory}/${name}`)).sort();
  }

  it('are no hidden files, and nothing that systems keep for themselves', async () => {
    const folder = folderOf([
      'a.jpg',
      '.hidden.jpg',
      '.cache/b.jpg',
      '@eaDir/a.jpg/SYNOPHOTO_THUMB.jpg',
      '#recycle/c.jpg',
      '$RECYCLE.BIN/d.jpg',
      'System Volume Information/e.jpg',
      'lost+found/f.jpg',
      'trip/@eaDir/g.jpg',
      'Catalogue Previews.lrdata/h.jpg',
      '#1 hits/i.jpg',
    ]);
    expect(await found(folder)).toEqual(['#1 hits/i.jpg', 'a.jpg']);
  });

  it('follows gitignore’s patterns: left out by name, by place and by wildcard, and taken in again', async () => {
    const patterns = ['*.png', '/exports/', 'raw/**/old', '!keep.png', '!.album/'].join('\n');
    const folder = folderOf(
      [
        'a.png',
        'keep.png',
        'exports/b.jpg',
        'trip/exports/c.jpg',
        'raw/2020/old/d.jpg',
        'raw/e.jpg',
        '.album/f.jpg',
        '.other/g.jpg',
      ],
      { patterns },
    );
    expect(await found(folder)).toEqual(['.album/f.jpg', 'keep.png', 'raw/e.jpg', 'trip/exports/c.jpg']);
  });

  it('are only the named files where everything else is left out', async () => {
    const folder = folderOf(['a.jpg', 'b.png', 'trip/c.jpg'], { patterns: '*\n!*/\n!*.jpg' });
    expect(await found(folder)).toEqual(['a.jpg', 'trip/c.jpg']);
  });

  it('is the same for names whose accents are composed and for those whose are not', async () => {
    const folder = folderOf(['E\u0301te\u0301/a.jpg', 'hiver/b.jpg'], { patterns: '\u00c9t\u00e9/' });
    expect(await found(folder)).toEqual(['hiver/b.jpg']);
  });

  it('is nothing behind links unless they are to be followed', async () => {
    write(join(root, 'outside'), ['b.jpg', 'deep/c.jpg']);
    const folder = folderOf(['a.jpg']);
    symlinkSync(join(root, 'outside'), join(folder.path, 'link'));
    symlinkSync(join(root, 'outside/b.jpg'), join(folder.path, 'link.jpg'));
    expect(await found(folder)).toEqual(['a.jpg']);
    expect(await found({ ...folder, followLinks: true })).toEqual(['a.jpg', 'link.jpg', 'link/deep/c.jpg']);
  });

  it('is each file once, whatever links lead to it, and links in circles end', async () => {
    write(join(root, 'outside'), ['b.jpg']);
    const folder = folderOf(['a.jpg', 'trip/c.jpg'], { followLinks: true });
    symlinkSync(join(root, 'outside'), join(folder.path, 'first'));
    symlinkSync(join(root, 'outside'), join(folder.path, 'second'));
    symlinkSync(folder.path, join(folder.path, 'trip/circle'));
    symlinkSync(join(folder.path, 'trip'), join(folder.path, 'inside'));
    symlinkSync(join(folder.path, 'a.jpg'), join(folder.path, 'again.jpg'));
    symlinkSync(join(root, 'outside'), join(root, 'outside/self'));
    symlinkSync(join(root, 'nowhere'), join(folder.path, 'dangling.jpg'));
    const files = await found(folder);
    expect(files.filter((file) => file.endsWith('b.jpg'))).toHaveLength(1);
    expect(files.filter((file) => !file.endsWith('b.jpg'))).toEqual(['a.jpg', 'trip/c.jpg']);
    expect(await found(folder)).toEqual(files);
  });

  it('is not the library itself, nor another folder behind a link', async () => {
    const folder = folderOf(['a.jpg', 'library/thumbnail.jpg'], { followLinks: true });
    write(join(root, 'other'), ['b.jpg']);
    symlinkSync(join(root, 'other'), join(folder.path, 'link'));
    const notInto = [join(folder.path, 'library'), join(root, 'other')];
    const { toRead } = await scanFolder(folder, library.files, { checkpoint, notInto });
    expect(toRead.map(({ name }) => name)).toEqual(['a.jpg']);
  });

  it.skipIf(process.platform === 'win32')(
    'keeps what is known of a folder that cannot be listed, and says which it is (skipped on Windows)',
    async () => {
      const folder = folderOf(['a.jpg', 'closed/b.jpg', 'closed/deep/c.jpg']);
      const { toRead } = await scanFolder(folder, library.files, { checkpoint });
      for (const file of toRead) {
        const content = library.contents.add({ hash: file.name, width: 1, height: 1, format: 'jpeg' });
        library.photos.record(file, content, 1);
      }
      chmodSync(join(folder.path, 'closed'), 0);
      const scan = await asNobody(root, () => scanFolder(folder, library.files, { checkpoint }));
      expect(scan).toMatchObject({ unchanged: 3, vanished: [], toRead: [] });
      expect(scan.odd).toMatchObject([{ directory: '', name: 'closed', code: 'unreadable' }]);
      for (const { code, message, ...place } of scan.odd) {
        library.photos.recordProblem({ ...place, sizeBytes: 0, modifiedAtMs: 0 }, { code, message }, 1);
      }
      const again = await asNobody(root, () => scanFolder(folder, library.files, { checkpoint }));
      expect(again).toMatchObject({ unchanged: 3, vanished: [], odd: [] });
      expect(again.problems).toMatchObject([{ name: 'closed', problemCode: 'unreadable' }]);
      chmodSync(join(folder.path, 'closed'), 0o755);
      const open = await scanFolder(folder, library.files, { checkpoint });
      expect(open).toMatchObject({ unchanged: 3, odd: [], problems: [] });
      expect(open.vanished.map(({ name }) => name)).toEqual(['closed']);
    },
  );
});

describe('names', () => {
  let root: string;
  let library: Library;
  let folder: ScannedFolder;
  const composed = '\u00e9t\u00e9.jpg';
  const decomposed = 'e\u0301te\u0301.jpg';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'semblance-names-'));
    library = Library.open(join(root, 'library'), 'write');
    mkdirSync(join(root, 'photos'));
    folder = library.folders.get(library.folders.add(join(root, 'photos'), 1).id);
  });

  afterEach(() => {
    library.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** Knows all files by name, size and time, but by no number on the file system. */
  async function recordAll(): Promise<void> {
    const { toRead } = await scanFolder(folder, library.files, { checkpoint });
    for (const { name, ...file } of toRead) {
      const content = library.contents.add({ hash: name, width: 1, height: 1, format: 'jpeg' });
      library.photos.record({ ...file, name, inode: null }, content, 1);
    }
  }

  it('that a file system composes in another way are the same file’s', async () => {
    write(folder.path, [composed]);
    await recordAll();
    renameSync(join(folder.path, composed), join(folder.path, decomposed));
    const scan = await scanFolder(folder, library.files, { checkpoint });
    expect(scan.toRead).toEqual([]);
    expect(scan.vanished).toEqual([]);
    expect(scan.renamed.map(({ from, to }) => [from.name, to.name])).toEqual([[composed, decomposed]]);
  });

  it('that change only their case need no reading', async () => {
    write(folder.path, ['IMG_1.JPG']);
    await recordAll();
    renameSync(join(folder.path, 'IMG_1.JPG'), join(folder.path, 'img_1.jpg'));
    const { toRead, renamed } = await scanFolder(folder, library.files, { checkpoint });
    expect(toRead).toEqual([]);
    expect(renamed.map(({ to }) => to.name)).toEqual(['img_1.jpg']);
  });

  it.skipIf(process.platform !== 'linux')(
    'that are two on this file system are two files (skipped where names have no case)',
    async () => {
      write(folder.path, [composed, decomposed, 'A.jpg', 'a.jpg']);
      await recordAll();
      const { unchanged, toRead, vanished, renamed } = await scanFolder(folder, library.files, {
        checkpoint,
      });
      expect({ unchanged, toRead, vanished, renamed }).toEqual({
        unchanged: 4,
        toRead: [],
        vanished: [],
        renamed: [],
      });
    },
  );

  it('that are alike are not taken for one another when the file is another', async () => {
    write(folder.path, ['a.jpg']);
    await recordAll();
    rmSync(join(folder.path, 'a.jpg'));
    writeFileSync(join(folder.path, 'A.jpg'), 'something else');
    const { toRead, renamed, vanished } = await scanFolder(folder, library.files, { checkpoint });
    expect([toRead.length, renamed.length, vanished.length]).toEqual([1, 0, 1]);
  });
});

describe('indexing', () => {
  let small: SmallLibrary;
  let path: string;

  beforeAll(async () => {
    small = await smallLibrary(4, 64, { knownDevice: true });
    path = join(small.root, 'photos');
    for (let i = 0; i < 6; i++) await writePhoto(join(path, i < 3 ? 'kept' : 'other', `${i}.jpg`), i);
    await small.engine.call('addFolder', { path });
  });

  afterAll(() => small.close());

  async function index(): Promise<IndexSummary> {
    const { engine } = small;
    const { summary, error } = await engine.index(engine.library.folders.toScan()).ended;
    if (!summary) throw new Error(error?.message);
    return summary;
  }

  it('takes photos out of the search that the patterns leave out, and computes nothing when they come back', async () => {
    const { engine } = small;
    expect(await index()).toMatchObject({ photos: 6, indexed: 6 });
    const [folder] = await engine.call('folders', {});
    const computed = vi.spyOn(engine.library.powerMeans, 'add');
    await engine.call('changeFolder', { folderId: folder.id, patterns: 'other/' });
    await engine.jobs.idle();
    expect(engine.serving?.index.size).toBe(3);
    expect(await engine.call('photos', { offset: 0, limit: 10, order: 'path' })).toMatchObject({ total: 3 });
    expect(engine.library.contents.ids()).toHaveLength(3);
    await engine.call('changeFolder', { folderId: folder.id, patterns: '' });
    await engine.jobs.idle();
    expect(engine.serving?.index.size).toBe(6);
    expect(await engine.call('photos', { offset: 0, limit: 10, order: 'path' })).toMatchObject({ total: 6 });
    expect(computed).not.toHaveBeenCalled();
    computed.mockRestore();
  });

  it('tells what a draft of patterns keeps and leaves out, and answers the latest question only', async () => {
    const { engine } = small;
    const [{ id: folderId }] = await engine.call('folders', {});
    writeFileSync(join(path, 'note.txt'), 'no photo');
    await writePhoto(join(path, '.hidden/h.jpg'), 99);
    const draft = (patterns: string) =>
      engine.call('countPatterns', { folderId, patterns, followLinks: false });
    const earlier = draft('*.jpg');
    const latest = draft('other/\n0.jpg');
    await expect(earlier).rejects.toMatchObject({ code: 'cancelled' });
    const { kept, leftOut } = await latest;
    expect([kept.photos, leftOut.photos]).toEqual([2, 5]);
    expect(kept.bytes).toBeGreaterThan(0);
    expect((await draft('!.hidden/')).kept.photos).toBe(7);
    rmSync(join(path, 'note.txt'));
  });

  it('reads a file that is no photo once, and again only when it changes', async () => {
    writeFileSync(join(path, 'note.txt'), 'no photo');
    expect((await index()).ignored).toBe(1);
    const read = vi.spyOn(await small.engine.vision(), 'extractFile');
    expect((await index()).ignored).toBe(1);
    expect(read).not.toHaveBeenCalled();
    utimesSync(join(path, 'note.txt'), 5, 5);
    expect((await index()).ignored).toBe(1);
    expect(read).toHaveBeenCalledOnce();
    read.mockRestore();
    rmSync(join(path, 'note.txt'));
    await index();
  });

  it.skipIf(process.platform === 'win32')(
    'lists what is no file under its reason (skipped on Windows)',
    async () => {
      execFileSync('mkfifo', [join(path, 'pipe.jpg')]);
      mkdirSync(join(path, 'party.jpg'));
      await writePhoto(join(path, 'party.jpg/p.jpg'), 50);
      const summary = await index();
      expect(summary.indexed).toBe(1);
      expect(summary.skipped.map(({ path: each, code }) => [each, code]).sort()).toEqual([
        [join(path, 'party.jpg'), 'not-a-file'],
        [join(path, 'pipe.jpg'), 'not-a-file'],
      ]);
      expect((await index()).skippedCount).toBe(2);
      rmSync(join(path, 'pipe.jpg'));
      rmSync(join(path, 'party.jpg'), { recursive: true });
      expect(await index()).toMatchObject({ skipped: [], skippedCount: 0, removed: 1 });
      expect((await small.engine.call('problems', { offset: 0, limit: 10 })).total).toBe(0);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'lists a path that is longer than the system can open, and goes on (skipped on Windows)',
    async () => {
      const step = 'x'.repeat(250);
      // Each step from the last one, as no longer path can be named.
      const deep = `for (let i = 0; i < 17; i++) { fs.mkdirSync('${step}'); process.chdir('${step}'); }`;
      execFileSync(process.execPath, ['-e', deep], { cwd: path });
      const summary = await index();
      expect(summary.skipped.map(({ code }) => code)).toEqual(['path-too-long']);
      expect(summary.unchanged).toBe(6);
      execFileSync('rm', ['-rf', step], { cwd: path });
      expect((await index()).skippedCount).toBe(0);
    },
  );

  it('keeps what it knows of a folder that a wider one takes in, with its patterns', async () => {
    const { engine } = small;
    const [inner] = await engine.call('folders', {});
    engine.library.folders.change(inner.id, { patterns: '/other/\n*.gif' });
    await engine.call('addFolder', { path: small.root });
    const [outer] = await engine.call('folders', {});
    expect(outer.path).toBe(small.root);
    expect(outer.patterns).toBe('/photos/other/\n/photos/**/*.gif');
    cpSync(join(path, 'other'), join(small.root, 'photos/kept/other'), { recursive: true });
    expect(await index()).toMatchObject({ unchanged: 3, indexed: 0, moved: 3 });
  });
});
