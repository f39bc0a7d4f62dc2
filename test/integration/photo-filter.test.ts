import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhotoFilter } from '../../src-main/contract/index.ts';
import { Library } from '../../src-main/library/index.ts';

let root: string;
let library: Library;
let here: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-filter-'));
  library = Library.open(join(root, 'library'), 'write');
  here = library.folders.add(root, 1).id;
  const away = library.folders.add('/no/such/drive', 1).id;
  add(here, '', 'a.jpg', 'jpeg');
  add(here, 'trips', 'b.png', 'png');
  add(here, 'trips/2024', 'c.jpg', 'jpeg');
  add(here, 'trips2', 'd.jpg', 'jpeg');
  add(away, 'trips', 'e.jpg', 'jpeg');
});

afterEach(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

function add(folderId: number, directory: string, name: string, format: string): void {
  const content = library.contents.add({ hash: name, width: 4, height: 3, format });
  library.photos.record({ folderId, directory, name, sizeBytes: 1, modifiedAtMs: 1 }, content, 1);
}

/** Another process. */
function outside(change: (database: Database.Database) => void): void {
  const database = new Database(join(root, 'library', 'library.sqlite'));
  change(database);
  database.close();
}

/** What the file of the picture with this hash says of itself. */
function giveKeyword(hash: string, tag: string): void {
  outside((database) =>
    database.prepare('INSERT INTO fileTags SELECT id, ? FROM contents WHERE hash = ?').run(tag, hash),
  );
}

function namesOf(filter: PhotoFilter): string[] {
  return library.photos.page({ offset: 0, limit: 10, order: 'path', filter }).photos.map(({ name }) => name);
}

describe('a filter', () => {
  it.each<[PhotoFilter, string[]]>([
    [{}, ['a.jpg', 'd.jpg', 'b.png', 'c.jpg', 'e.jpg']],
    [{ formats: ['png'] }, ['b.png']],
    [{ directory: 'trips' }, ['b.png', 'c.jpg', 'e.jpg']],
    [{ offline: true }, ['e.jpg']],
    [{ offline: false, directory: 'trips' }, ['b.png', 'c.jpg']],
    [{ takenFromMs: 0 }, []],
  ])('%j finds %j', (filter, names) => {
    expect(namesOf(filter).sort()).toEqual(names.toSorted());
    const matching = library.contents.matching(filter);
    expect(Array.from(matching, (id) => library.photos.withContent(id, filter)[0].name).sort()).toEqual(
      names.toSorted(),
    );
  });

  it('chooses folders', () => {
    expect(namesOf({ folderIds: [here] })).toHaveLength(4);
  });

  describe('by tags', () => {
    beforeEach(() => {
      giveKeyword('a.jpg', 'Été');
      giveKeyword('b.png', 'été');
      giveKeyword('c.jpg', 'Winter');
    });

    it.each(['été', 'ÉTÉ', 'E\u0301te\u0301'])('finds %s however its letters are written', (tag) => {
      const filter = { tags: [tag] };
      expect(namesOf(filter)).toEqual(['a.jpg', 'b.png']);
      const matching = [...library.contents.matching(filter)];
      expect(matching).toHaveLength(2);
      expect(matching.flatMap((id) => library.photos.withContent(id, filter))).toHaveLength(2);
    });

    it('asks for all of them', () => {
      giveKeyword('a.jpg', 'winter');
      expect(namesOf({ tags: ['été', 'WINTER'] })).toEqual(['a.jpg']);
      expect(namesOf({ tags: ['été', 'none'] })).toEqual([]);
    });

    it('goes by what a person took away or gave, and not by what the file says', () => {
      const id = (name: string): number => {
        const found = library.contents.withHash(name) ?? 0;
        return library.photos.withContent(found)[0].id;
      };
      const change = (name: string, add: string[], remove: string[]) =>
        library.decide(() => library.decisions.changeTags({ photoIds: [id(name)] }, add, remove, 1));
      change('a.jpg', [], ['été']);
      change('d.jpg', ['ÉTÉ'], []);
      expect(namesOf({ tags: ['Été'] }).sort()).toEqual(['b.png', 'd.jpg']);
      expect(library.contents.matching({ tags: ['Été'] })).toHaveLength(2);
    });
  });

  it('by rating finds what is rated so high or higher, by the person or else the file', () => {
    outside((database) =>
      database.exec("UPDATE contents SET fileRating = 4 WHERE hash IN ('a.jpg', 'b.png')"),
    );
    const photoIds = library.photos.withContent(1).map(({ id }) => id);
    library.decide(() => library.decisions.rate({ photoIds }, 2, 1));
    expect(namesOf({ leastRating: 3 })).toEqual(['b.png']);
    expect(namesOf({ leastRating: 2 })).toEqual(['a.jpg', 'b.png']);
    expect([...library.contents.matching({ leastRating: 3 })]).toEqual([2]);
    expect(library.photos.withContent(1, { leastRating: 3 })).toEqual([]);
  });

  describe('that was asked for before', () => {
    const pngs = (): number => library.contents.matching({ formats: ['png'] }).length;

    it('is answered without asking the catalogue again while nothing changes', () => {
      const first = library.contents.matching({ formats: ['png'] });
      expect(library.contents.matching({ formats: ['png'] })).toBe(first);
    });

    it('sees what changed since', () => {
      expect(pngs()).toBe(1);
      add(here, '', 'new.png', 'png');
      expect(pngs()).toBe(2);
    });

    it('sees what another process changed', () => {
      expect(pngs()).toBe(1);
      outside((database) => database.exec("UPDATE contents SET format = 'png'"));
      expect(pngs()).toBe(5);
    });

    it('sees what a transaction changed while it lasts, and not once that is taken back', () => {
      expect(pngs()).toBe(1);
      expect(() =>
        library.change(() => {
          add(here, '', 'new.png', 'png');
          expect(pngs()).toBe(2);
          throw new Error('taken back');
        }),
      ).toThrow('taken back');
      expect(pngs()).toBe(1);
    });

    it('sees a folder go, with all that was in it', () => {
      expect(library.contents.matching({ directory: 'trips' })).toHaveLength(3);
      library.folders.remove(here);
      expect(library.contents.matching({ directory: 'trips' })).toHaveLength(1);
    });
  });
});

describe('what photos can be chosen by', () => {
  it('is their formats, the most frequent first', () => {
    expect(library.photoLists.formats()).toEqual([
      { format: 'jpeg', photos: 4 },
      { format: 'png', photos: 1 },
    ]);
  });

  it('is the directories that hold photos themselves', () => {
    expect(library.photoLists.directories([here])).toEqual([
      { directory: '', photos: 1 },
      { directory: 'trips', photos: 1 },
      { directory: 'trips/2024', photos: 1 },
      { directory: 'trips2', photos: 1 },
    ]);
    expect(library.photoLists.directories()).toContainEqual({ directory: 'trips', photos: 2 });
  });
});
