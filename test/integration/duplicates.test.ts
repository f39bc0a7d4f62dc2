import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  binThrough,
  type DuplicateGroupDetails,
  type DuplicateKind,
  parseCommand,
  type ShownPhoto,
} from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { moveToBin } from '../../src-main/server/index.ts';
import { writeDuplicates } from '../fixtures/duplicate-photos.ts';

let root: string;
let photos: string;
let engine: Engine;
const dataBefore = process.env['XDG_DATA_HOME'];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-duplicates-'));
  photos = join(root, 'photos');
  // The bin of a freedesktop.org desktop, for this test alone.
  process.env['XDG_DATA_HOME'] = join(root, 'data');
  await writeDuplicates(photos);
  engine = Engine.open({ libraryPath: join(root, 'library'), access: 'write' });
  await index();
}, 120_000);

afterAll(async () => {
  await engine.close();
  if (dataBefore === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = dataBefore;
  rmSync(root, { recursive: true, force: true });
});

async function index(): Promise<void> {
  await engine.call('addFolder', { path: photos }).catch(() => undefined);
  await engine.call('startIndexing', {});
  await engine.jobs.idle();
}

function names(group: DuplicateGroupDetails): string[] {
  return group.members.map(({ photo }) => `${photo.directory}/${photo.name}`).sort();
}

async function groupsOf(...kinds: DuplicateKind[]): Promise<DuplicateGroupDetails[]> {
  const args = parseCommand('duplicates', { threshold: 0.8, kinds, offset: 0, limit: 100 });
  return (await engine.call('duplicates', args)).groups;
}

async function groupWith(name: string, ...kinds: DuplicateKind[]): Promise<DuplicateGroupDetails> {
  const found = (await groupsOf(...kinds)).find((group) => names(group).includes(name));
  if (!found) throw new Error(`no group holds ${name}`);
  return found;
}

/** A photo as a page shows it. */
async function shown(name: string): Promise<ShownPhoto> {
  const id = await photoId(name);
  return { photoId: id, path: (await engine.call('photo', { photoId: id })).path };
}

async function photoId(name: string): Promise<number> {
  const { photos: all } = await engine.call('photos', { offset: 0, limit: 100, order: 'path' });
  return all.find((photo) => `${photo.directory}/${photo.name}` === name)?.id ?? 0;
}

describe('duplicates', () => {
  it('of the same bytes are told as such, and the oldest file is kept', async () => {
    const [group, ...others] = await groupsOf('identical');
    expect(others).toEqual([]);
    expect(names(group)).toEqual(['copies/towns-1 (1).jpg', 'towns/towns-1.jpg']);
    expect(group.kind).toBe('identical');
    expect(group.keeper.reasons[0].by).toBe('age');
    expect(group.members[0].photo.name).toBe('towns-1.jpg');
  });

  it('that were stored smaller are the same picture, and the larger one is kept', async () => {
    const group = await groupWith('resaved/small.jpg', 'same-picture');
    expect(names(group)).toEqual(['resaved/small.jpg', 'towns/towns-2.jpg']);
    expect(group.members[0].photo.name).toBe('towns-2.jpg');
    expect(group.keeper.reasons[0].by).toBe('pixels');
  });

  it('of one camera within seconds are a burst, of which the blurred shot is not kept', async () => {
    const group = await groupWith('burst/shot-0.jpg', 'burst');
    expect(names(group)).toEqual(['burst/shot-0.jpg', 'burst/shot-1.jpg', 'burst/shot-2.jpg']);
    expect(group.members[0].photo.name).not.toBe('shot-0.jpg');
    expect(group.keeper.reasons[0].by).toBe('sharpness');
    const sharpness = new Map(group.members.map((member) => [member.photo.name, member.sharpness ?? 0]));
    expect(sharpness.get('shot-0.jpg')).toBeLessThan(sharpness.get('shot-1.jpg') ?? 0);
  });

  it('that are a part of another picture are a crop', async () => {
    const group = await groupWith('crops/part.jpg', 'crop-or-edit');
    expect(names(group)).toContain('crops/whole.jpg');
  });

  it('at several thresholds are counted as they are then found', async () => {
    const { outcomes, counts, complete } = await engine.call('duplicateThresholds', {});
    expect(complete).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(engine.serving?.index.size);
    for (const { threshold, groups, members } of outcomes.filter((_, i) => i % 10 === 5)) {
      const answer = await engine.call('duplicates', { threshold, offset: 0, limit: 100 });
      expect(answer.total).toBe(groups);
      expect(answer.groups.flatMap((group) => group.members)).toHaveLength(members);
    }
  });

  it('that are marked as none are never in one group again, until the mark is taken back', async () => {
    const pair = [await photoId('resaved/small.jpg'), await photoId('towns/towns-2.jpg')] as [number, number];
    await engine.call('markNotDuplicates', { pairs: [pair], not: true });
    const together = (await groupsOf('same-picture', 'similar')).filter((group) =>
      pair.every((id) => group.members.some(({ photo }) => photo.id === id)),
    );
    expect(together).toEqual([]);
    await engine.call('undoDecision', {});
    expect(names(await groupWith('resaved/small.jpg', 'same-picture'))).toContain('towns/towns-2.jpg');
  });

  it('leave what a person chose to keep in its place, whatever else is suggested', async () => {
    const [small, large] = [await shown('resaved/small.jpg'), await shown('towns/towns-2.jpg')];
    await engine.call('keepPhotos', { photoIds: [small.photoId], keep: true });
    const group = await groupWith('resaved/small.jpg', 'same-picture');
    expect(group.keeper).toEqual({ photoId: small.photoId, reasons: [{ by: 'choice' }] });
    expect(group.members.map(({ photo, kept }) => [photo.id, kept])).toEqual([
      [small.photoId, true],
      [large.photoId, false],
    ]);
    await expect(engine.call('checkBinning', { photos: [small], kept: [large] })).rejects.toMatchObject({
      code: 'invalid-arguments',
      message: /You chose to keep/,
    });
    expect((await engine.call('checkBinning', { photos: [small], allOfGroup: true })).files).toHaveLength(1);
    await engine.call('recordBinned', { photoIds: [small.photoId] });

    await engine.call('keepPhotos', { photoIds: [large.photoId], keep: true });
    const both = await groupWith('resaved/small.jpg', 'same-picture');
    expect(both.keeper).toEqual({ photoId: large.photoId, reasons: [{ by: 'choice' }] });
    expect(both.members.every(({ kept }) => kept)).toBe(true);
    await engine.call('undoDecision', {});
    await engine.call('undoDecision', {});
    expect((await groupWith('resaved/small.jpg', 'same-picture')).keeper.reasons[0].by).toBe('pixels');
  });

  it('are compared place by place in a job, after which none is left unchecked', async () => {
    const question = { threshold: 0.99, geometry: true, offset: 0, limit: 100 };
    expect((await engine.call('duplicates', question)).unchecked).toBeGreaterThan(0);
    await engine.call('checkDuplicates', { threshold: 0.99 });
    await engine.jobs.idle();
    expect(engine.jobs.list().at(-1)).toMatchObject({ kind: 'duplicates', state: 'done' });
    expect((await engine.call('duplicates', question)).unchecked).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('the bin (skipped where no program may look into it)', () => {
  const copy = 'copies/towns-1 (1).jpg';

  it('takes a copy out of the folder and out of the library, and gives it back with its tags', async () => {
    const [going, kept] = [await shown(copy), await shown('towns/towns-1.jpg')];
    const outcome = await binThrough(engine.call, { photos: [going], kept: [kept] }, moveToBin);
    expect(outcome.failed).toEqual([]);
    expect(outcome.binned).toMatchObject([{ path: join(photos, copy), canRestore: true }]);
    expect(existsSync(join(photos, copy))).toBe(false);
    expect(await photoId(copy)).toBe(0);
    expect(readdirSync(join(root, 'data/Trash/files'))).toHaveLength(1);

    const { restored } = await engine.call('restoreBinned', { binnedIds: [outcome.binned[0].id] });
    expect(restored).toMatchObject([{ path: join(photos, copy), canRestore: false }]);
    expect(existsSync(join(photos, copy))).toBe(true);
    expect(await photoId(copy)).toBeGreaterThan(0);
    expect(readdirSync(join(root, 'data/Trash/info'))).toEqual([]);
  });

  it('gives the last file of a picture back under its old number, found by the search at once', async () => {
    const [going, kept] = [await shown('resaved/small.jpg'), await shown('towns/towns-2.jpg')];
    const id = going.photoId;
    await engine.call('changeTags', { photos: { photoIds: [id] }, add: ['small'], remove: [] });
    const { binned } = await binThrough(engine.call, { photos: [going], kept: [kept] }, moveToBin);
    await engine.call('restoreBinned', { binnedIds: binned.map((file) => file.id) });
    const photo = await engine.call('photo', { photoId: id });
    expect(photo).toMatchObject({ name: 'small.jpg', tags: ['small'] });
    const answer = await engine.call('search', { examples: [{ kind: 'photo', photoId: id }], top: 1 });
    expect(answer.results[0].photo.id).toBe(id);
  });

  it('never takes a file that nothing stays of, unless that is said', async () => {
    const all = [await shown(copy), await shown('towns/towns-1.jpg')];
    for (const kept of [undefined, [], [all[0]]]) {
      await expect(engine.call('checkBinning', { photos: all, kept })).rejects.toMatchObject({
        code: 'invalid-arguments',
      });
    }
    expect((await engine.call('checkBinning', { photos: all, allOfGroup: true })).files).toHaveLength(2);
    const photoIds = all.map((photo) => photo.photoId);
    expect(await engine.call('recordBinned', { photoIds })).toEqual({ binned: [] });
  });

  it('never takes a file that has changed since it was indexed', async () => {
    const [going, kept] = [await shown('burst/shot-0.jpg'), await shown('burst/shot-1.jpg')];
    appendFileSync(join(photos, 'burst/shot-0.jpg'), 'more');
    const binning = binThrough(engine.call, { photos: [going], kept: [kept] }, moveToBin);
    await expect(binning).rejects.toMatchObject({ code: 'not-available' });
    expect(existsSync(join(photos, 'burst/shot-0.jpg'))).toBe(true);
  });

  it('never takes the file that stays, reached over a link', async () => {
    const outside = join(root, 'outside');
    mkdirSync(outside);
    copyFileSync(join(photos, 'towns/towns-3.jpg'), join(outside, 'only.jpg'));
    for (const name of ['second', 'third']) {
      mkdirSync(join(root, name));
      symlinkSync(outside, join(root, name, name));
      const folder = await engine.call('addFolder', { path: join(root, name) });
      await engine.call('changeFolder', { folderId: folder.id, followLinks: true });
    }
    await engine.jobs.idle();
    const [going, kept] = [await shown('second/only.jpg'), await shown('third/only.jpg')];
    expect(Math.min(going.photoId, kept.photoId)).toBeGreaterThan(0);
    await expect(engine.call('checkBinning', { photos: [going], kept: [kept] })).rejects.toMatchObject({
      code: 'invalid-arguments',
    });
  });

  it('does not forget photos whose files are still there, whoever says that they went', async () => {
    const [going, kept] = [await shown(copy), await shown('towns/towns-1.jpg')];
    await engine.call('checkBinning', { photos: [going], kept: [kept] });
    expect(await engine.call('recordBinned', { photoIds: [going.photoId, kept.photoId] })).toEqual({
      binned: [],
    });
    expect(await photoId(copy)).toBe(going.photoId);
  });

  it('does not overwrite a file that has come to its place meanwhile', async () => {
    const [going, kept] = [await shown(copy), await shown('towns/towns-1.jpg')];
    const { binned } = await binThrough(engine.call, { photos: [going], kept: [kept] }, moveToBin);
    writeFileSync(join(photos, copy), 'something else');
    const { restored, failed } = await engine.call('restoreBinned', { binnedIds: [binned[0].id] });
    expect(restored).toEqual([]);
    expect(failed[0].message).toContain('another file has its name now');
  });

  it('says how alike photos were that a person binned', async () => {
    const { outcomes } = await engine.call('duplicateThresholds', {});
    expect(outcomes.at(-1)?.confirmed).toBeGreaterThan(0);
  });
});
