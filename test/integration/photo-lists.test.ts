import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhotoArrangement, PhotoFilter } from '../../src-main/contract/index.ts';
import { Library } from '../../src-main/library/index.ts';
import { sortedPhotos } from '../../src-main/library/photo-order.ts';

type Arrangement = Omit<PhotoArrangement, 'filter'>;

let root: string;
let library: Library;
let folderId: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-lists-'));
  library = Library.open(join(root, 'library'), 'write');
  folderId = library.folders.add(root, 1).id;
  add('b', 'Two.jpg', '2024-05-02T10:00', 1);
  add('a', 'one.jpg', '2024-05-31T23:59', 2);
  add('b', 'three.png', null, 3);
  add('', 'four.jpg', '2023-12-31T00:00', 4);
  add('a', 'five.jpg', '2024-06-01T00:00', 5);
});

afterEach(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

function add(directory: string, name: string, taken: string | null, addedAtMs: number): void {
  const format = name.endsWith('png') ? 'png' : 'jpeg';
  const content = library.contents.add({ hash: name, width: 400, height: 300, format });
  library.photos.record({ folderId, directory, name, sizeBytes: 1, modifiedAtMs: 1 }, content, addedAtMs);
  const database = new Database(join(root, 'library', 'library.sqlite'));
  const takenAtMs = taken === null ? null : Date.parse(`${taken}Z`);
  database.prepare('UPDATE contents SET takenAtMs = ? WHERE id = ?').run(takenAtMs, content);
  database.close();
}

/** Names in the order of a layout. */
function laidOut(arrangement: PhotoArrangement): string[] {
  const { ids } = library.photoLists.layout(arrangement);
  const photoIds = Array.from(new Uint32Array(ids.slice().buffer));
  return library.photos.byId(photoIds).map(({ name }) => name.replace(/\..*/, ''));
}

const orders: [Arrangement, string[]][] = [
  [{ order: 'path' }, ['four', 'five', 'one', 'Two', 'three']],
  [{ order: 'path', direction: 'descending' }, ['three', 'Two', 'one', 'five', 'four']],
  [{ order: 'name' }, ['five', 'four', 'one', 'three', 'Two']],
  [{ order: 'name', direction: 'descending' }, ['Two', 'three', 'one', 'four', 'five']],
  [{ order: 'added' }, ['five', 'four', 'three', 'one', 'Two']],
  [{ order: 'added', direction: 'ascending' }, ['Two', 'one', 'three', 'four', 'five']],
  [{ order: 'taken' }, ['five', 'one', 'Two', 'four', 'three']],
  [{ order: 'taken', direction: 'ascending' }, ['four', 'Two', 'one', 'five', 'three']],
];

describe('photos', () => {
  it.each(orders)('in the order %j are %j, page by page and all at once', (order, names) => {
    expect(laidOut(order)).toEqual(names);
    const { total, photos } = library.photos.page({ ...order, offset: 1, limit: 3 });
    expect(total).toBe(5);
    expect(photos.map(({ name }) => name.replace(/\..*/, ''))).toEqual(names.slice(1, 4));
  });

  it.each(orders)('in the order %j need no sorting, however many there are', (order) => {
    const { sql } = sortedPhotos(order, { sql: 'photos.contentId IS NOT NULL', parameters: [] }, false);
    const database = new Database(join(root, 'library', 'library.sqlite'), { readonly: true });
    const plan = database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    database.close();
    const details = plan.map(({ detail }) => detail).join('; ');
    expect(details).toContain('INDEX');
    expect(details).not.toContain('TEMP B-TREE');
  });

  it.each<[Arrangement, string[], (string | null)[]]>([
    [{ order: 'name', groupBy: 'folder' }, ['four', 'five', 'one', 'three', 'Two'], ['', 'a', 'b']],
    [{ order: 'taken', groupBy: 'folder' }, ['four', 'five', 'one', 'Two', 'three'], ['', 'a', 'b']],
    [
      { order: 'path', direction: 'descending', groupBy: 'folder' },
      ['three', 'Two', 'one', 'five', 'four'],
      ['b', 'a', ''],
    ],
    [
      { order: 'name', groupBy: 'month' },
      ['five', 'one', 'Two', 'four', 'three'],
      ['2024-06', '2024-05', '2023-12', null],
    ],
    [
      { order: 'taken', direction: 'ascending', groupBy: 'month' },
      ['four', 'Two', 'one', 'five', 'three'],
      ['2023-12', '2024-05', '2024-06', null],
    ],
  ])('arranged by %j are %j in %j', (arrangement, names, groups) => {
    expect(laidOut(arrangement)).toEqual(names);
    const layout = library.photoLists.layout(arrangement);
    expect(layout.groups.map((group) => (group.kind === 'folder' ? group.directory : group.month))).toEqual(
      groups,
    );
    expect(layout.groups.reduce((sum, { photos }) => sum + photos, 0)).toBe(5);
  });

  it.each<[PhotoFilter, string[]]>([
    [{ formats: ['png'] }, ['three']],
    [{ takenFromMs: Date.UTC(2024, 0, 1) }, ['five', 'one', 'Two']],
    [{ directory: 'a' }, ['five', 'one']],
  ])('that meet %j are %j by date', (filter, names) => {
    expect(laidOut({ order: 'taken', filter })).toEqual(names);
    expect(library.photos.page({ order: 'taken', filter, offset: 0, limit: 9 }).total).toBe(names.length);
  });

  it('have a shape each, within bounds', () => {
    const content = library.contents.add({ hash: 'wide', width: 90_000, height: 10, format: 'jpeg' });
    library.photos.record({ folderId, directory: '', name: 'zz', sizeBytes: 1, modifiedAtMs: 1 }, content, 9);
    const { shapes } = library.photoLists.layout({ order: 'name' });
    expect(Array.from(new Uint16Array(shapes.slice().buffer))).toEqual([
      1333, 1333, 1333, 1333, 1333, 10_000,
    ]);
  });

  it('that are gone are left out of those that are asked for by id', () => {
    const [{ id }] = library.photos.page({ order: 'name', offset: 0, limit: 1 }).photos;
    expect(library.photos.byId([999, id]).map((photo) => photo.name)).toEqual(['five.jpg']);
  });
});

it('the tags of some photos are counted by picture', () => {
  const { photos } = library.photos.page({ order: 'name', offset: 0, limit: 3 });
  const ids = photos.map(({ id }) => id);
  library.decide(() => library.decisions.changeTags({ photoIds: ids }, ['sea'], [], 1));
  library.decide(() => library.decisions.changeTags({ photoIds: [ids[0]] }, ['air'], [], 2));
  expect(library.decisions.tagsOf({ photoIds: ids })).toEqual({
    pictures: 3,
    tags: [
      { tag: 'air', photos: 1 },
      { tag: 'sea', photos: 3 },
    ],
  });
  expect(library.decisions.tagsOf({ filter: {} }).pictures).toBe(5);
});
