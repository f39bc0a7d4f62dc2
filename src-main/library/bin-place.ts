/**
 * Where a file lies in the bin of a freedesktop.org desktop, and back from there
 * (https://specifications.freedesktop.org/trash-spec/latest/). Other systems let no program look into their bins.
 */
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { messageOf, SemblanceError, systemCodeOf } from '../contract/index.ts';
import { fileHash } from '../vision/index.ts';

/** Finds files in the bin that have just been moved there. What else lies in it is read once, however many follow. */
export class BinPlaces {
  readonly #known = new Map<string, BinInfo | null>();

  /**
   * @param paths where files were
   * @returns the place of each in the bin, or null where it is not to be found
   */
  of(paths: readonly string[]): (string | null)[] {
    if (process.platform !== 'linux') return paths.map(() => null);
    const found = this.#find(paths);
    if (!found.includes(null)) return found;
    // A bin that was emptied may have given an old name to something else.
    this.#known.clear();
    return this.#find(paths);
  }

  #find(paths: readonly string[]): (string | null)[] {
    const entries = new Map<string, BinEntry[]>();
    const entriesOf = (folder: string): BinEntry[] => {
      const known = entries.get(folder) ?? this.#entries(folder);
      entries.set(folder, known);
      return known;
    };
    return paths.map((path) => {
      const found = binFolders(topOfFileSystem(dirname(path))).flatMap(({ folder, top }) => {
        const wanted = new Set([path, relative(top, path).split(sep).join('/')]);
        return entriesOf(folder).filter((entry) => wanted.has(entry.path) && existsSync(entry.place));
      });
      found.sort((a, b) => b.deletedAt.localeCompare(a.deletedAt) || b.changedMs - a.changedMs);
      return found.at(0)?.place ?? null;
    });
  }

  #entries(folder: string): BinEntry[] {
    return filesIn(join(folder, 'info')).flatMap((name): BinEntry[] => {
      if (!name.endsWith(suffix)) return [];
      const file = join(folder, 'info', name);
      const known = this.#known.get(file);
      const info = known === undefined ? infoOf(file) : known;
      this.#known.set(file, info);
      return info ? [{ place: join(folder, 'files', name.slice(0, -suffix.length)), ...info }] : [];
    });
  }
}

/** The folder that the file system of another is mounted on. */
function topOfFileSystem(folder: string): string {
  const device = deviceOf(folder);
  for (let top = folder; ; top = dirname(top)) {
    const above = dirname(top);
    if (above === top || deviceOf(above) !== device) return top;
  }
}

function deviceOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.dev;
}

/** What the bin writes down of a file. */
interface BinInfo {
  /** Where it was. */
  path: string;
  /** To the second. */
  deletedAt: string;
  changedMs: number;
}

interface BinEntry extends BinInfo {
  place: string;
}

/** The home folder's bin, and those at the top of a file system, in which paths are relative to that. */
function binFolders(mountPoint: string): { folder: string; top: string }[] {
  const data = process.env['XDG_DATA_HOME'] ?? '';
  const user = process.getuid?.() ?? 0;
  return [
    { folder: join(data === '' ? join(homedir(), '.local/share') : data, 'Trash'), top: '/' },
    { folder: join(mountPoint, '.Trash', String(user)), top: mountPoint },
    { folder: join(mountPoint, `.Trash-${user}`), top: mountPoint },
  ];
}

const suffix = '.trashinfo';

function infoOf(file: string): BinInfo | null {
  try {
    const text = readFileSync(file, 'utf8');
    const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
    const changedMs = statSync(file).mtimeMs;
    return { path: decodeURIComponent(value('Path')), deletedAt: value('DeletionDate'), changedMs };
  } catch {
    return null;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Brings a file back to where it was; whatever is there now is never overwritten, and another file that has come to its
 * place in the bin stays there.
 * @param hash SHA-256 of its content
 * @throws SemblanceError `not-found` where it is no longer in the bin, `not-available` where it cannot go back
 */
export async function restoreFromBin({
  place,
  path,
  hash,
}: {
  place: string;
  path: string;
  hash: string;
}): Promise<void> {
  const found = isPlaceOf(path, place) ? await fileHash(place).catch(() => null) : null;
  if (found?.hash !== hash) {
    throw new SemblanceError('not-found', `${path} is no longer in the bin, so it cannot be brought back.`, {
      photo: path,
    });
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
    put(place, path);
    rmSync(place);
    rmSync(join(dirname(dirname(place)), 'info', `${basename(place)}${suffix}`), { force: true });
  } catch (error) {
    const why =
      systemCodeOf(error) === 'EEXIST'
        ? 'another file has its name now'
        : `the system says: ${messageOf(error)}`;
    throw new SemblanceError(
      'not-available',
      `${path} cannot be brought back: ${why}. It is still in the bin, as ${place}`,
      { photo: path, cause: error },
    );
  }
}

/**
 * Whether a place lies in a bin that says of it that the file was there: a library of somebody else's may name any two
 * paths, and taking one to the other is only the bin's.
 */
function isPlaceOf(path: string, place: string): boolean {
  let above = dirname(path);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  return binFolders(topOfFileSystem(above)).some(({ folder, top }) => {
    if (join(folder, 'files', basename(place)) !== place) return false;
    const info = infoOf(join(folder, 'info', `${basename(place)}${suffix}`));
    return info !== null && [path, relative(top, path).split(sep).join('/')].includes(info.path);
  });
}

/** A second name of the same file where that is possible, and else a copy with the same times. */
function put(place: string, path: string): void {
  try {
    linkSync(place, path);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw error;
    copyFileSync(place, path, constants.COPYFILE_EXCL);
    const { atime, mtime } = statSync(place);
    utimesSync(path, atime, mtime);
  }
}
