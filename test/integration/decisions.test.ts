import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandArguments, parseCommand } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { mostDecisions } from '../../src-main/library/decision-log.ts';
import { Library } from '../../src-main/library/index.ts';
import { recordPhoto } from '../fixtures/recorded-photos.ts';

let root: string;
let path: string;
let engine: Engine;
/** Of a.jpg, b.jpg, c.jpg; a file of its own holds each. */
let photoIds: number[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-decisions-'));
  path = join(root, 'library');
  engine = Engine.open({ libraryPath: path, access: 'write' });
  photoIds = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => recordPhoto(engine.library, root, name));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await engine.close();
  engine = Engine.open({ libraryPath: path, access: 'write' });
}

/** What a file says of itself, as indexing would have found it. */
function giveKeyword(photoId: number, tag: string, rating?: number): void {
  const { id } = engine.library.photos.contentOf(photoId);
  const database = new Database(join(path, 'library.sqlite'));
  database.prepare('INSERT INTO fileTags (contentId, tag) VALUES (?, ?)').run(id, tag);
  if (rating !== undefined)
    database.prepare('UPDATE contents SET fileRating = ? WHERE id = ?').run(rating, id);
  database.close();
}

function change(change: Partial<CommandArguments['changeTags']>) {
  const args = { photos: { photoIds }, add: [], remove: [], ...change };
  return engine.call('changeTags', parseCommand('changeTags', args));
}

function tagsOf(photoId: number): string[] {
  return engine.library.photos.details(photoId).tags;
}

function withTag(tag: string): number[] {
  const page = { offset: 0, limit: 10, order: 'path' as const, filter: { tags: [tag] } };
  return engine.library.photos.page(page).photos.map(({ id }) => id);
}

describe('tags', () => {
  it('are given to many photos at once, found by a filter and taken away again', async () => {
    const outcome = await change({ add: ['beach'], photos: { photoIds: photoIds.slice(0, 2) } });
    expect(outcome).toMatchObject({ changed: 2, decision: { description: 'Gave “beach” to 2 photos' } });
    expect(withTag('beach')).toEqual(photoIds.slice(0, 2));
    await change({ add: ['evening'], photos: { filter: { tags: ['beach'] } } });
    expect(await engine.call('tags', {})).toEqual([
      { tag: 'beach', photos: 2 },
      { tag: 'evening', photos: 2 },
    ]);
    await change({ remove: ['beach'] });
    expect(withTag('beach')).toEqual([]);
    expect(await engine.call('tags', {})).toEqual([{ tag: 'evening', photos: 2 }]);
  });

  it('are shared by copies of a file', async () => {
    const copy = recordPhoto(engine.library, root, 'copy of a.jpg', 'hash of a.jpg');
    await change({ add: ['beach'], photos: { photoIds: [photoIds[0]] } });
    expect(tagsOf(copy)).toEqual(['beach']);
    expect(await engine.call('tags', {})).toEqual([{ tag: 'beach', photos: 1 }]);
  });

  it('are kept as typed, and those that differ in the case of letters only are the same', async () => {
    await change({ add: ['  Ärger\u0000  im\nBüro '], photos: { photoIds: [photoIds[0]] } });
    await change({ add: ['ÄRGER IM BU\u0308RO'], photos: { photoIds: [photoIds[1]] } });
    expect(await engine.call('tags', {})).toEqual([{ tag: 'Ärger im Büro', photos: 2 }]);
  });

  it('that files spell in small and in large letters of any alphabet are one', async () => {
    giveKeyword(photoIds[0], 'Été');
    giveKeyword(photoIds[1], 'ÉTÉ');
    expect(await engine.call('tags', {})).toEqual([{ tag: 'ÉTÉ', photos: 2 }]);
    // Who has it in another spelling has it already.
    expect(await change({ add: ['été'] })).toMatchObject({ changed: 1 });
    expect(withTag('été')).toEqual(photoIds);
    await engine.call('renameTag', { from: 'été', to: 'Summer' });
    expect(await engine.call('tags', {})).toEqual([{ tag: 'Summer', photos: 3 }]);
    expect(photoIds.map(tagsOf)).toEqual([['Summer'], ['Summer'], ['Summer']]);
    await engine.call('undoDecision', {});
    expect(photoIds.map(tagsOf)).toEqual([['Été'], ['ÉTÉ'], ['ÉTÉ']]);
    await engine.call('renameTag', { from: 'été', to: 'été' });
    expect(photoIds.map(tagsOf)).toEqual([['été'], ['été'], ['été']]);
    await change({ remove: ['ÉTÉ'] });
    expect(await engine.call('tags', {})).toEqual([]);
  });

  it('are normalised once and for all, and never empty or long', () => {
    const parsed = (tag: string) =>
      parseCommand('changeTags', { photos: { photoIds: [1] }, add: [tag], remove: [] }).add[0];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        let tag: string;
        try {
          tag = parsed(text);
        } catch {
          return;
        }
        expect(tag).toBe(tag.normalize('NFC').trim());
        expect(tag).not.toMatch(/\p{Cc}| {2}/u);
        expect(parsed(tag)).toBe(tag);
      }),
    );
    for (const bad of ['', ' \t', 'x'.repeat(101), '\u0007']) {
      expect(() => parsed(bad)).toThrow(expect.objectContaining({ code: 'invalid-arguments' }));
    }
  });

  it('that the file itself holds can be taken away, and come back by undo', async () => {
    giveKeyword(photoIds[0], 'Sea');
    expect(tagsOf(photoIds[0])).toEqual(['Sea']);
    expect(await change({ remove: ['sea'] })).toMatchObject({ changed: 1 });
    expect(tagsOf(photoIds[0])).toEqual([]);
    expect(withTag('Sea')).toEqual([]);
    await engine.call('undoDecision', {});
    expect(tagsOf(photoIds[0])).toEqual(['Sea']);
    await engine.call('redoDecision', {});
    expect(tagsOf(photoIds[0])).toEqual([]);
    await change({ add: ['Sea'], photos: { photoIds: [photoIds[0]] } });
    expect(tagsOf(photoIds[0])).toEqual(['Sea']);
  });

  it('can be renamed, and become one where the other exists', async () => {
    giveKeyword(photoIds[0], 'sea');
    await change({ add: ['beach'], photos: { photoIds: photoIds.slice(0, 2) } });
    await engine.call('renameTag', { from: 'beach', to: 'SEA' });
    expect(photoIds.map(tagsOf)).toEqual([['sea'], ['sea'], []]);
    await engine.call('renameTag', { from: 'sea', to: 'Sea' });
    expect(photoIds.map(tagsOf)).toEqual([['Sea'], ['Sea'], []]);
    await engine.call('undoDecision', {});
    await engine.call('undoDecision', {});
    expect(photoIds.map(tagsOf)).toEqual([['beach', 'sea'], ['beach'], []]);
    await expect(engine.call('renameTag', { from: 'mountain', to: 'hill' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('say when no photo is meant', async () => {
    await expect(change({ add: ['x'], photos: { photoIds: [9999] } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('ratings', () => {
  it('are the person’s where there is one, and else the file’s', async () => {
    giveKeyword(photoIds[0], 'x', 2);
    const ratings = () => photoIds.map((id) => engine.library.photos.details(id).rating);
    expect(ratings()).toEqual([2, null, null]);
    await engine.call('rate', { photos: { photoIds: photoIds.slice(0, 2) }, rating: 5 });
    expect(ratings()).toEqual([5, 5, null]);
    expect(await engine.call('rate', { photos: { photoIds }, rating: 0 })).toMatchObject({ changed: 2 });
    expect(ratings()).toEqual([null, null, null]);
    await engine.call('undoDecision', {});
    await engine.call('undoDecision', {});
    expect(ratings()).toEqual([2, null, null]);
  });
});

describe('marks that photos are no duplicates', () => {
  it('hold for the pair, whichever is named first, until they are taken back', async () => {
    const [a, b] = photoIds;
    await engine.call('markNotDuplicates', { pairs: [[b, a]], not: true });
    expect(await engine.call('markNotDuplicates', { pairs: [[a, b]], not: true })).toMatchObject({
      changed: 0,
      decision: null,
    });
    const page = { offset: 0, limit: 10 };
    expect(await engine.call('notDuplicates', page)).toEqual({
      total: 1,
      pairs: [expect.arrayContaining([a, b])],
    });
    await engine.call('markNotDuplicates', { pairs: [[a, b]], not: false });
    expect((await engine.call('notDuplicates', page)).total).toBe(0);
    await engine.call('undoDecision', {});
    expect((await engine.call('notDuplicates', page)).total).toBe(1);
  });

  it('are refused for two files that are the same byte for byte', async () => {
    const copy = recordPhoto(engine.library, root, 'copy.jpg', 'hash of a.jpg');
    await expect(
      engine.call('markNotDuplicates', { pairs: [[photoIds[0], copy]], not: true }),
    ).rejects.toMatchObject({ code: 'invalid-arguments' });
  });
});

describe('photos that are kept', () => {
  const page = { offset: 0, limit: 10 };
  const kept = async (): Promise<number[]> => (await engine.call('keptPhotos', page)).photoIds;
  const keep = (keep: boolean, ...ids: number[]) => engine.call('keepPhotos', { photoIds: ids, keep });

  it('stay so until that is taken back, also after a restart', async () => {
    const [a, b, c] = photoIds;
    expect(await keep(true, a, c, a)).toMatchObject({
      changed: 2,
      decision: { description: 'Chose to keep 2 photos' },
    });
    expect(await keep(true, a)).toEqual({ changed: 0, decision: null });
    await keep(true, b);
    await reopen();
    expect(await kept()).toEqual(photoIds);
    expect(await keep(false, b)).toMatchObject({
      decision: { description: 'Took the mark “keep” from b.jpg' },
    });
    expect(await kept()).toEqual([a, c]);
    await engine.call('undoDecision', {});
    await engine.call('undoDecision', {});
    expect(await kept()).toEqual([a, c]);
    await engine.call('undoDecision', {});
    expect(await kept()).toEqual([]);
    await engine.call('redoDecision', {});
    expect(await kept()).toEqual([a, c]);
  });

  it('are files: of two with the same bytes only the one that was chosen', async () => {
    const [a] = photoIds;
    const copy = recordPhoto(engine.library, root, 'copy.jpg', 'hash of a.jpg');
    await keep(true, copy);
    expect(await kept()).toEqual([copy]);
    await keep(true, a);
    await keep(false, copy);
    expect(await kept()).toEqual([a]);
  });

  it('stay so when the file is moved, or indexed anew under another number', async () => {
    const [a, b] = photoIds;
    await keep(true, a, b);
    const { folderId } = engine.library.photos.details(a);
    const moved = { folderId, directory: 'else/where', name: 'new.jpg', sizeBytes: 1, modifiedAtMs: 1 };
    engine.library.change(() => engine.library.photos.move(a, moved));
    engine.library.change(() => engine.library.orphans.forgetFiles([b], 1));
    expect(await kept()).toEqual([a]);
    const back = recordPhoto(engine.library, root, 'again.jpg', 'hash of b.jpg');
    expect(await kept()).toEqual([a, back]);
  });

  it('must all be in the library', async () => {
    await expect(keep(true, photoIds[0], 999)).rejects.toMatchObject({ code: 'not-found' });
    expect(await kept()).toEqual([]);
  });
});

describe('undo', () => {
  it('takes decisions back in order, does them again, and survives restarts', async () => {
    for (const tag of ['one', 'two', 'three'])
      await change({ add: [tag], photos: { photoIds: [photoIds[0]] } });
    await engine.call('undoDecision', {});
    await reopen();
    expect((await engine.call('undoDecision', {})).description).toBe('Gave “two” to 1 photo');
    expect(tagsOf(photoIds[0])).toEqual(['one']);
    await reopen();
    expect((await engine.call('redoDecision', {})).description).toBe('Gave “two” to 1 photo');
    expect(tagsOf(photoIds[0])).toEqual(['one', 'two']);
    const { decisions } = await engine.call('decisions', {});
    expect(decisions.map(({ undone }) => undone)).toEqual([true, false, false]);
  });

  it('says when there is nothing to take back or to do again', async () => {
    await expect(engine.call('undoDecision', {})).rejects.toThrow(/nothing to undo/);
    await expect(engine.call('redoDecision', {})).rejects.toThrow(/nothing to redo/);
    await change({ add: ['x'] });
    await engine.call('undoDecision', {});
    await change({ add: ['y'] });
    await expect(engine.call('redoDecision', {})).rejects.toMatchObject({ code: 'not-available' });
  });

  it('reaches a bounded way back', async () => {
    for (let i = 0; i < mostDecisions + 5; i++) {
      await engine.call('rate', { photos: { photoIds: [photoIds[0]] }, rating: 1 + (i % 5) });
    }
    expect((await engine.call('decisions', {})).decisions).toHaveLength(mostDecisions);
  });

  it('leads back to where it began, whatever was decided', async () => {
    giveKeyword(photoIds[0], 'a');
    giveKeyword(photoIds[1], 'B');
    const tag = fc.constantFrom('a', 'A', 'b', 'c');
    const some = fc.subarray([0, 1, 2], { minLength: 1 });
    const decision = fc.oneof(
      fc.record({
        add: fc.array(tag, { maxLength: 2 }),
        remove: fc.array(tag, { minLength: 1, maxLength: 2 }),
        of: some,
      }),
      fc.record({ from: tag, to: tag }),
      fc.record({ rating: fc.integer({ min: 0, max: 5 }), of: some }),
    );
    const state = () => photoIds.map((id) => [tagsOf(id), engine.library.photos.details(id).rating]);
    await fc.assert(
      fc.asyncProperty(fc.array(decision, { minLength: 1, maxLength: 8 }), async (steps) => {
        const states = [JSON.stringify(state())];
        for (const step of steps) {
          const photos = 'of' in step ? { photoIds: step.of.map((i) => photoIds[i]) } : { photoIds };
          const made =
            'rating' in step
              ? engine.call('rate', { photos, rating: step.rating })
              : 'from' in step
                ? engine.call('renameTag', step).catch(() => ({ decision: null }))
                : engine.call('changeTags', { photos, add: step.add, remove: step.remove });
          if ((await made).decision) states.push(JSON.stringify(state()));
        }
        for (const expected of states.slice(0, -1).toReversed()) {
          await engine.call('undoDecision', {});
          expect(JSON.stringify(state())).toBe(expected);
        }
        for (const expected of states.slice(1)) {
          await engine.call('redoDecision', {});
          expect(JSON.stringify(state())).toBe(expected);
        }
        for (let i = 1; i < states.length; i++) await engine.call('undoDecision', {});
      }),
      { numRuns: 40 },
    );
  });
});

describe('a decision', () => {
  it('is committed with synchronous=FULL, and nothing else is slowed down by that', async () => {
    const pragma = vi.spyOn(Database.prototype, 'pragma');
    engine.library.settings.change({ lowPriority: false });
    let inside = 0;
    engine.library.decide(() => {
      const database = pragma.mock.contexts.at(-1) as Database.Database;
      inside = database.pragma('synchronous', { simple: true }) as number;
      expect(database.inTransaction).toBe(true);
    });
    expect(inside).toBe(2);
    const database = pragma.mock.contexts.at(-1) as Database.Database;
    expect(database.pragma('synchronous', { simple: true })).toBe(1);
    pragma.mockClear();
    await change({ add: ['x'] });
    expect(pragma.mock.calls.map(([sql]) => sql)).toEqual([
      'synchronous',
      'synchronous = FULL',
      'synchronous = 1',
    ]);
  });

  it('that fails changes nothing', () => {
    expect(() =>
      engine.library.decide(() => {
        engine.library.decisions.rate({ photoIds }, 3, 1);
        throw new Error('power cut');
      }),
    ).toThrow('power cut');
    expect(engine.library.photos.details(photoIds[0]).rating).toBeNull();
    const reader = Library.open(path, 'read');
    expect(reader.decisions.log.list()).toEqual([]);
    reader.close();
  });
});
