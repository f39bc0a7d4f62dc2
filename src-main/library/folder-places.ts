/** Whether the library's folders are there, and where a folder is that came back elsewhere. */
import { readdirSync, statSync } from 'node:fs';
import type { Connection } from './database.ts';
import type { Files } from './files.ts';
import { photoPath } from './photo-path.ts';
import { type Mount, pathUnder, placeOf, type VolumeTable } from './volumes.ts';

interface FolderRow {
  id: number;
  path: string;
  volume: string | null;
  pathOnVolume: string | null;
}

/** Drives do not come and go faster than this, and many photos are asked about at once. */
const freshMs = 1000;
/** File systems of cameras keep times to two seconds, and may be read in another time zone. */
const timePrecisionMs = 2000;
const hourMs = 3_600_000;

export class FolderPlaces {
  readonly #database: Connection;
  readonly #files: Files;
  readonly #table: VolumeTable;
  #mounts: { list: Mount[]; atMs: number } | null = null;
  readonly #answers = new Map<number, { isHere: boolean; atMs: number }>();

  constructor(database: Connection, files: Files, table: VolumeTable) {
    this.#database = database;
    this.#files = files;
    this.#table = table;
  }

  /** Looks anew, whatever was found a moment ago. */
  refresh(): void {
    this.#mounts = null;
    this.#answers.clear();
  }

  /** Ids of folders that are not there. */
  offlineIds(): number[] {
    return this.#rows()
      .filter((row) => !this.#isHere(row))
      .map(({ id }) => id);
  }

  isHere(folderId: number): boolean {
    // Asked of every photo that is shown: what was found a moment ago needs no look into the catalogue.
    const known = this.#freshAnswer(folderId);
    if (known !== undefined) return known;
    const row = this.#row(folderId);
    return row !== undefined && this.#isHere(row);
  }

  /** Whether changes in a folder may be made that this machine does not hear of. */
  isRemote(path: string): boolean {
    return placeOf(path, this.#currentMounts())?.mount.isRemote ?? false;
  }

  #isHere(row: FolderRow): boolean {
    const known = this.#freshAnswer(row.id);
    if (known !== undefined) return known;
    const atMs = performance.now();
    const isHere = this.#look(row);
    this.#answers.set(row.id, { isHere, atMs });
    return isHere;
  }

  #freshAnswer(folderId: number): boolean | undefined {
    const known = this.#answers.get(folderId);
    return known && performance.now() - known.atMs < freshMs ? known.isHere : undefined;
  }

  /** A drive that is not mounted often leaves an empty folder behind, which must not be taken for it. */
  #look(row: FolderRow): boolean {
    if (!isDirectory(row.path)) return false;
    const { mount, pathOnVolume } = placeOf(row.path, this.#currentMounts()) ?? {};
    const isSame = mount?.volume === row.volume && pathOnVolume === row.pathOnVolume;
    if (isSame && mount.isSure) return true;
    const shares = this.#recognised(row.id, row.path, 'stamps');
    if (shares === null) return true;
    // Where nothing tells one file system from another, an empty folder is taken for a drive that is away.
    if (isSame || row.volume === null) return shares > 0 || !isEmpty(row.path);
    return shares >= 0.5;
  }

  /**
   * The path under which a folder that is not there has come back, or null: on its file system under another mount
   * point or letter, or else wherever its files are found again at their place on a file system.
   */
  find(folderId: number): string | null {
    const row = this.#row(folderId);
    const { pathOnVolume } = row ?? {};
    if (!row || pathOnVolume === undefined || pathOnVolume === null) return null;
    const mounts = this.#currentMounts();
    const sameFirst = [...mounts].sort(
      (a, b) => Number(b.volume === row.volume) - Number(a.volume === row.volume),
    );
    for (const mount of sameFirst) {
      const path = pathUnder(mount, pathOnVolume);
      if (path === null || path === row.path || !isDirectory(path)) continue;
      // What else is mounted below would hide it.
      if (placeOf(path, mounts)?.mount !== mount) continue;
      const share = this.#recognised(row.id, path, 'stamps');
      const isSame = mount.isSure && mount.volume === row.volume;
      if (share === null ? isSame : share >= 0.5) return path;
    }
    return null;
  }

  /** The share of a folder's known files that a path holds; null where none are known. */
  share(folderId: number, path: string): number | null {
    return this.#recognised(folderId, path, 'sizes');
  }

  /** Writes down where a folder is, so that it is known again. */
  remember(folderId: number): void {
    const row = this.#row(folderId);
    const place = row && placeOf(row.path, this.#currentMounts());
    if (!place) return;
    const { pathOnVolume } = place;
    const { volume } = place.mount;
    if (row.volume === volume && row.pathOnVolume === pathOnVolume) return;
    this.#database
      .prepare('UPDATE folders SET volume = ?, pathOnVolume = ? WHERE id = ?')
      .run(volume, pathOnVolume, folderId);
  }

  #recognised(folderId: number, path: string, by: 'stamps' | 'sizes'): number | null {
    const files = this.#files.sample(folderId);
    if (files.length === 0) return null;
    const found = files.filter(({ directory, name, sizeBytes, modifiedAtMs }) => {
      try {
        const stats = statSync(photoPath(path, directory, name));
        return stats.size === sizeBytes && (by === 'sizes' || isSameTime(stats.mtimeMs, modifiedAtMs));
      } catch {
        return false;
      }
    });
    return found.length / files.length;
  }

  #currentMounts(): Mount[] {
    if (!this.#mounts || performance.now() - this.#mounts.atMs >= freshMs) {
      this.#mounts = { list: this.#table(), atMs: performance.now() };
    }
    return this.#mounts.list;
  }

  #rows(): FolderRow[] {
    return this.#database.prepare<[], FolderRow>('SELECT id, path, volume, pathOnVolume FROM folders').all();
  }

  #row(folderId: number): FolderRow | undefined {
    return this.#database
      .prepare<[number], FolderRow>('SELECT id, path, volume, pathOnVolume FROM folders WHERE id = ?')
      .get(folderId);
  }
}

function isSameTime(aMs: number, bMs: number): boolean {
  const apart = Math.abs(aMs - bMs) % hourMs;
  return Math.abs(aMs - bMs) <= 26 * hourMs && Math.min(apart, hourMs - apart) <= timePrecisionMs;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return true;
  }
}
