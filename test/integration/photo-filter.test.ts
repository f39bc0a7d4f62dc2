import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const content = library.photos.addContent({ hash: name, width: 4, height: 3, format });
  library.photos.record({ folderId, directory, name, sizeBytes: 1, modifiedAtMs: 1 }, content, 1);
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
    const matching = library.photos.contentsMatching(filter);
    expect(matching.map((id) => library.photos.withContent(id, filter)[0].name).sort()).toEqual(
      names.toSorted(),
    );
  });

  it('chooses folders', () => {
    expect(namesOf({ folderIds: [here] })).toHaveLength(4);
  });
});
