import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import { Engine, setAside } from '../../src-main/engine/index.ts';
import { Library } from '../../src-main/library/index.ts';
import { recordPhoto } from '../fixtures/recorded-photos.ts';

let root: string;
let path: string;
let library: Library;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-backup-'));
  path = join(root, 'library');
  library = Library.open(path, 'write');
});

afterEach(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

const names = ['a.jpg', 'b.jpg', 'c.jpg'];

function record(): number[] {
  return names.map((name) => recordPhoto(library, root, name));
}

function decide([a, b, c]: number[]): void {
  library.decide(() => {
    library.decisions.changeTags({ photoIds: [a, b] }, ['beach'], [], 1);
    library.decisions.rate({ photoIds: [c] }, 4, 2);
    library.decisions.markNotDuplicates([[a, b]], true, 3);
    library.decisions.kept.choose([b], true, 4);
  });
}

/** What was decided of each photo, whether or not it has the same id as before. */
function decided(): unknown {
  const photos = library.photos.page({ offset: 0, limit: 10, order: 'path' }).photos;
  return {
    photos: photos.map(({ id, name }) => {
      const { tags, rating } = library.photos.details(id);
      return { name, tags, rating };
    }),
    notDuplicates: library.decisions.notDuplicates({ offset: 0, limit: 10 }).pairs.map((pair) => pair.length),
    kept: library.decisions.kept
      .page({ offset: 0, limit: 10 })
      .photoIds.map((id) => library.photos.details(id).name),
  };
}

function reopen(): void {
  library.close();
  library = Library.open(path, 'write');
}

/** Everything that can be computed again. */
function deleteTheRest(): void {
  library.close();
  for (const name of readdirSync(path)) {
    if (!name.startsWith('decisions')) rmSync(join(path, name), { recursive: true });
  }
  library = Library.open(path, 'write');
}

function generation(recipe: Recipe, state: 'serving' | 'building' = 'serving') {
  return library.decide(() =>
    library.generations.create(
      {
        recipe,
        recipeKey: 'k',
        extractionKey: 'e',
        fit: 'none',
        encodedFit: null,
        fittedOn: 0,
        fitted: true,
        note: '',
      },
      state,
      1,
    ),
  );
}

const all = {
  photos: [
    { name: 'a.jpg', tags: ['beach'], rating: null },
    { name: 'b.jpg', tags: ['beach'], rating: null },
    { name: 'c.jpg', tags: [], rating: 4 },
  ],
  notDuplicates: [2],
  kept: ['b.jpg'],
};

describe('decisions', () => {
  it('come back when all that can be computed is deleted, and apply to photos as they are found', () => {
    decide(record());
    expect(decided()).toEqual(all);
    deleteTheRest();
    expect(library.photos.counts().photos).toBe(0);
    expect(library.folders.list().map(({ path: folder }) => folder)).toEqual([root]);
    record();
    expect(decided()).toEqual(all);
  });

  it('are in the backup although the engine was killed before it was written', () => {
    decide(record());
    // Nothing is closed: as after SIGKILL, the timer of the backup never fires.
    const header = () =>
      JSON.parse(readFileSync(join(path, 'decisions.json'), 'utf8').split('\n')[0]) as { revision: number };
    const before = header().revision;
    const database = new Database(join(path, 'library.sqlite'));
    const { value } = database.prepare("SELECT value FROM settings WHERE name = 'decisions'").get() as {
      value: string;
    };
    database.close();
    const { revision } = JSON.parse(value) as { revision: number };
    expect(revision).toBeGreaterThan(before);
    reopen();
    expect(header().revision).toBe(revision);
  });

  it('come back from the backup before, when the current one is damaged', () => {
    decide(record());
    reopen();
    const [a] = record();
    library.decide(() => library.decisions.rate({ photoIds: [a] }, 1, 4));
    library.close();
    truncateSync(join(path, 'decisions.json'), 400);
    deleteTheRest();
    record();
    expect(decided()).toEqual(all);
  });

  it('of another library come along where nothing is decided here, and are not mixed with what is', () => {
    const other = join(root, 'other');
    const theirs = Library.open(other, 'write');
    const [, b, c] = names.map((name) => recordPhoto(theirs, root, name));
    theirs.decide(() => theirs.decisions.kept.choose([b, c], true, 1));
    theirs.close();
    const copy = record()[1] && recordPhoto(library, root, 'copy.jpg', 'hash of b.jpg');
    library.decide(() => library.decisions.kept.choose([copy], true, 1));
    library.close();
    copyFileSync(join(other, 'decisions.json'), join(path, 'decisions.json'));
    library = Library.open(path, 'write');
    expect(decided()).toMatchObject({ kept: ['copy.jpg', 'c.jpg'] });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['changed in one letter', (text: string) => text.replace('beach', 'beech')],
    ['of other types', (text: string) => text.replace(/"tags":\[[^\n]*/, '"tags":7}')],
    ['no backup at all', () => 'nonsense'],
    ['empty', () => ''],
  ])('of a backup that is %s are not believed, and it is kept', (_, damage) => {
    decide(record());
    library.close();
    rmSync(join(path, 'decisions.previous.json'), { force: true });
    const file = join(path, 'decisions.json');
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    const damaged = readFileSync(file, 'utf8');
    deleteTheRest();
    record();
    expect(decided()).toMatchObject({ notDuplicates: [] });
    const kept = readdirSync(path).filter((name) => name.startsWith('decisions.json.damaged'));
    expect(kept.map((name) => readFileSync(join(path, name), 'utf8'))).toEqual([damaged]);
  });

  it('that are newer than the backup are never overwritten by it', () => {
    const photoIds = record();
    decide(photoIds);
    reopen();
    const older = readFileSync(join(path, 'decisions.json'));
    library.decide(() => library.decisions.changeTags({ photoIds }, ['new'], ['beach'], 5));
    library.close();
    writeFileSync(join(path, 'decisions.json'), older);
    library = Library.open(path, 'write');
    expect(decided()).toMatchObject({ photos: names.map((name) => ({ name, tags: ['new'] })) });
    deleteTheRest();
    record();
    expect(decided()).toMatchObject({ photos: names.map((name) => ({ name, tags: ['new'] })) });
  });

  it('that an older copy of the catalogue lacks come back', () => {
    const photoIds = record();
    library.close();
    const older = readFileSync(join(path, 'library.sqlite'));
    library = Library.open(path, 'write');
    decide(photoIds);
    library.close();
    writeFileSync(join(path, 'library.sqlite'), older);
    library = Library.open(path, 'write');
    expect(decided()).toEqual(all);
  });

  it('of a backup by a newer program are left alone', () => {
    decide(record());
    library.close();
    const file = join(path, 'decisions.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version":1', '"version":2'));
    const before = readFileSync(file, 'utf8');
    rmSync(join(path, 'library.sqlite'));
    expect(() => Library.open(path, 'write')).toThrow(expect.objectContaining({ code: 'library-newer' }));
    expect(readFileSync(file, 'utf8')).toBe(before);
    writeFileSync(file, before.replace('"version":2', '"version":1'));
    library = Library.open(path, 'write');
  });
});

describe('recipes', () => {
  const plain: Recipe = { ...defaultRecipe, longerSide: 256 };

  it('come back, that in service and those before', async () => {
    library.decide(() => library.pastRecipes.add(defaultRecipe, 7));
    generation(plain);
    deleteTheRest();
    library.close();
    const engine = Engine.open({ libraryPath: path, access: 'write' });
    expect(engine.recipe).toEqual(plain);
    expect((await engine.call('recipes', {})).past).toEqual([{ recipe: defaultRecipe, endedAtMs: 7 }]);
    await engine.close();
    library = Library.open(path, 'write');
  });

  it('that are learned from photos wait among those before, until there are photos', async () => {
    const learned: Recipe = {
      ...plain,
      reduction: { kind: 'learned-whitening', dimension: 64, regularisation: 0.1 },
    };
    generation(learned);
    deleteTheRest();
    library.close();
    const engine = Engine.open({ libraryPath: path, access: 'write' });
    expect(engine.recipe.reduction.kind).toBe('pca');
    expect((await engine.call('recipes', {})).past.map(({ recipe }) => recipe)).toEqual([learned]);
    await engine.close();
    library = Library.open(path, 'write');
  });

  it('of a catalogue that is whole are not replaced', () => {
    generation(plain);
    reopen();
    expect(library.generations.serving()?.recipe).toEqual(plain);
    expect(library.backup.restoredRecipe()).toBeNull();
  });
});

describe('a damaged catalogue', () => {
  it('is set aside on request, and a new one starts with the decisions', () => {
    decide(record());
    library.close();
    writeFileSync(join(path, 'library.sqlite'), 'These are not the bytes of a database. '.repeat(200));
    expect(() => Library.open(path, 'write')).toThrow(/damaged.*semblance library repair/);
    const aside = setAside(path, false);
    expect(aside.some((file) => readFileSync(file, 'utf8').startsWith('These are not'))).toBe(true);
    library = Library.open(path, 'write');
    record();
    expect(decided()).toEqual(all);
  });

  it('is noticed on any of its pages', () => {
    decide(record());
    library.close();
    const file = join(path, 'library.sqlite');
    const bytes = readFileSync(file);
    bytes.fill(0xab, 4096 * 4, 4096 * 12);
    writeFileSync(file, bytes);
    expect(setAside(path, false)).not.toEqual([]);
    library = Library.open(path, 'write');
    record();
    expect(decided()).toEqual(all);
  });

  it('is one only if something is wrong with it', () => {
    library.close();
    expect(() => setAside(path, false)).toThrow(/Nothing is wrong/);
    expect(setAside(path, true)).toHaveLength(1);
    library = Library.open(path, 'write');
  });

  it('is not set aside while somebody has it', () => {
    expect(() => setAside(path, true)).toThrow(expect.objectContaining({ code: 'library-in-use' }));
  });
});
