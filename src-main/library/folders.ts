/** The folders that a person added. */
import { dirname, relative, sep } from 'node:path';
import { type Folder, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { fileNumber } from './file-number.ts';
import type { FolderPlaces } from './folder-places.ts';
import { isInside } from './is-inside.ts';
import type { ScannedFolder } from './scan.ts';

interface FolderRow {
  id: number;
  path: string;
  addedAtMs: number;
  patterns: string;
  followLinks: number;
  photos: number;
  problems: number;
}

/** Setting that keeps the highest number of a folder that was removed. */
const lastRemoved = 'lastRemovedFolderId';

export class Folders {
  readonly #database: Connection;
  readonly #places: FolderPlaces;

  constructor(database: Connection, places: FolderPlaces) {
    this.#database = database;
    this.#places = places;
  }

  list(): Folder[] {
    const rows = this.#database
      .prepare<[], FolderRow>(
        `SELECT folders.id, folders.path, folders.addedAtMs, patterns, followLinks,
                count(photos.contentId) AS photos, count(photos.problemCode) AS problems
         FROM folders LEFT JOIN photos ON photos.folderId = folders.id
         GROUP BY folders.id ORDER BY folders.path`,
      )
      .all();
    return rows.map((row) => ({
      ...row,
      followLinks: row.followLinks === 1,
      available: this.#places.isHere(row.id),
    }));
  }

  count(): number {
    return this.#database.prepare<[], number>('SELECT count(*) FROM folders').pluck().get() ?? 0;
  }

  paths(): string[] {
    return this.#database.prepare<[], string>('SELECT path FROM folders').pluck().all();
  }

  /** What there is to look at, without the counts, which take a while. */
  toScan(): (ScannedFolder & { available: boolean })[] {
    return this.#database
      .prepare<[], Pick<FolderRow, 'id' | 'path' | 'patterns' | 'followLinks'>>(
        'SELECT id, path, patterns, followLinks FROM folders ORDER BY path',
      )
      .all()
      .map((row) => ({ ...row, followLinks: row.followLinks === 1, available: this.#places.isHere(row.id) }));
  }

  /** @throws SemblanceError `not-found` */
  get(folderId: number): Folder {
    const folder = this.list().find(({ id }) => id === folderId);
    if (!folder) throw new SemblanceError('not-found', 'This folder is no longer in the library.');
    return folder;
  }

  /** The folder that is, or contains, the given path. */
  covering(path: string): Folder | undefined {
    return this.list().find((folder) => isInside(path, folder.path) || isInsideByNumber(path, folder.path));
  }

  /**
   * Adds an absolute, real path. Folders inside it become part of it, and their photos keep what is known of them.
   * @throws SemblanceError `folder-overlaps` when the path lies inside a folder of the library
   */
  add(path: string, nowMs: number): Folder {
    const covering = this.covering(path);
    if (covering?.path === path) return covering;
    if (covering) {
      throw new SemblanceError(
        'folder-overlaps',
        `${path} is already part of ${covering.path}, which is in the library.`,
      );
    }
    const id = this.#database.transaction(() => {
      const inner = this.list().filter((folder) => isInside(folder.path, path));
      const { lastInsertRowid } = this.#database
        .prepare('INSERT INTO folders (id, path, addedAtMs, patterns, followLinks) VALUES (?, ?, ?, ?, ?)')
        .run(
          this.#freshId(),
          path,
          nowMs,
          inner.flatMap((folder) => patternsUnder(relative(path, folder.path), folder.patterns)).join('\n'),
          Number(inner.some(({ followLinks }) => followLinks)),
        );
      for (const folder of inner) this.#absorb(folder, Number(lastInsertRowid), path);
      return Number(lastInsertRowid);
    })();
    this.#places.refresh();
    this.#places.remember(id);
    return this.get(id);
  }

  #absorb(inner: Folder, folderId: number, path: string): void {
    const prefix = relative(path, inner.path).split(sep).join('/');
    for (const table of ['photos', 'otherFiles']) {
      this.#database
        .prepare(
          `UPDATE ${table} SET folderId = ?, directory = CASE directory WHEN '' THEN ? ELSE ? || '/' || directory END
           WHERE folderId = ?`,
        )
        .run(folderId, prefix, prefix, inner.id);
    }
    this.remove(inner.id);
  }

  /** Changes what of a folder is looked at; what is left out goes with the next indexing. */
  change(
    folderId: number,
    changes: { patterns?: string | undefined; followLinks?: boolean | undefined },
  ): void {
    const { patterns, followLinks } = { ...this.get(folderId), ...defined(changes) };
    this.#database
      .prepare('UPDATE folders SET patterns = ?, followLinks = ? WHERE id = ?')
      .run(patterns, Number(followLinks), folderId);
  }

  /**
   * Gives a folder the path at which its files are now; its photos keep everything.
   * @throws SemblanceError `folder-overlaps` when another folder of the library is there
   */
  relocate(folderId: number, path: string): void {
    const other = this.list().find(
      ({ id, path: each }) => id !== folderId && (isInside(path, each) || isInside(each, path)),
    );
    if (other) {
      throw new SemblanceError(
        'folder-overlaps',
        `${path} is or holds ${other.path}, another folder of the library.`,
      );
    }
    this.#database.prepare('UPDATE folders SET path = ? WHERE id = ?').run(path, folderId);
    this.#places.refresh();
    this.#places.remember(folderId);
  }

  /** A number that no folder has had, since saved searches know folders by theirs. */
  #freshId(): number {
    return (
      this.#database
        .prepare<[string], number>(
          `SELECT 1 + max(coalesce((SELECT max(id) FROM folders), 0),
                          coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?), 0))`,
        )
        .pluck()
        .get(lastRemoved) ?? 1
    );
  }

  /** Forgets the folder and its photos. */
  remove(folderId: number): void {
    this.#database
      .prepare(
        `INSERT INTO settings (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`,
      )
      .run(lastRemoved, String(folderId));
    this.#database.prepare('DELETE FROM folders WHERE id = ?').run(folderId);
  }
}

/** The same by what the file system says, for which names may be one that differ in case or in how accents are composed. */
function isInsideByNumber(path: string, folder: string): boolean {
  const wanted = fileNumber(folder);
  if (wanted === null || wanted.endsWith(' 0')) return false;
  for (let each = path; ; each = dirname(each)) {
    if (fileNumber(each) === wanted) return true;
    if (dirname(each) === each) return false;
  }
}

/** Patterns of a folder as they are written in one that contains it. */
function patternsUnder(directory: string, patterns: string): string[] {
  return patterns.split('\n').flatMap((line) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const negated = line.startsWith('!') ? '!' : '';
    const pattern = line.slice(negated.length);
    // A pattern without a slash in it counts at any depth.
    const isAnywhere = !pattern.trimEnd().replace(/\/$/, '').includes('/');
    const escaped = directory
      .split(sep)
      .join('/')
      .replace(/[\\[\]*?!# ]/g, '\\$&');
    return [`${negated}/${escaped}/${isAnywhere ? '**/' : ''}${pattern.replace(/^\//, '')}`];
  });
}

function defined<Values extends object>(
  values: Values,
): { [Name in keyof Values]: NonNullable<Values[Name]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]: NonNullable<Values[Name]>;
  };
}
