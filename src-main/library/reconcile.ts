/** Sets what lies in directories against what the catalogue knows of them. */
import type { PhotoProblemCode } from '../contract/index.ts';
import type { FileLocation, FileStamp, KnownFile } from './photos.ts';
import type { EntryOnDisk, EntryProblem, ListedDirectory } from './read-directory.ts';
import type { ScanPlace } from './walk.ts';

/** What the catalogue knows of a folder. */
export interface KnownFiles {
  filesIn(folderId: number, directory: string): KnownFile[];
  /** Files that were read, and are no photos. */
  othersIn(folderId: number, directory: string): (FileStamp & { name: string })[];
  /** Directories in which anything is known: all, or one with what lies below it. */
  directoriesOf(folderId: number, below?: string): string[];
}

export interface FoundFile extends FileLocation, FileStamp {
  inode: number | null;
  /** What this file was when it was last read. */
  before: KnownFile | null;
}

export interface FolderScan {
  /** New or changed files, to be read, in the order of their paths. */
  toRead: FoundFile[];
  /** Known files that are the same under a new name or in another directory; they need no reading. */
  renamed: { from: KnownFile; to: FoundFile }[];
  /** What is no file that can be read, and was not known as such. */
  odd: (FileLocation & EntryProblem)[];
  /** Known files that are no longer there. */
  vanished: KnownFile[];
  /** Photos, files that are none, and files that were set aside, all as they were when last read. */
  unchanged: number;
  ignored: number;
  problems: KnownFile[];
  /** Unchanged files whose number on the file system is not known, or another one. */
  renumbered: { id: number; inode: number | null }[];
  /** Files without a picture that are gone or have become photos. */
  othersGone: FileLocation[];
  /** Directories with files that may still be being written. */
  unsettled: Set<string>;
}

/** These may have another end without a change of the file: its permissions or its drive may be others now. */
const triedAgain: readonly PhotoProblemCode[] = ['unreadable', 'changed-while-reading'];

export class Reconciler {
  readonly #folderId: number;
  readonly #known: KnownFiles;
  readonly #settleMs: number;
  readonly #compared = new Set<string>();
  readonly #unlistable: string[] = [];
  readonly #scan: FolderScan = {
    toRead: [],
    renamed: [],
    odd: [],
    vanished: [],
    unchanged: 0,
    ignored: 0,
    problems: [],
    renumbered: [],
    othersGone: [],
    unsettled: new Set(),
  };

  constructor(folderId: number, known: KnownFiles, settleMs: number) {
    this.#folderId = folderId;
    this.#known = known;
    this.#settleMs = settleMs;
  }

  compare(directory: string, { files, odd }: ListedDirectory): void {
    this.#compared.add(directory);
    const known = new Map(this.#known.filesIn(this.#folderId, directory).map((file) => [file.name, file]));
    const others = new Map(this.#known.othersIn(this.#folderId, directory).map((file) => [file.name, file]));
    const fresh: FoundFile[] = [];
    for (const entry of files) {
      const before = known.get(entry.name) ?? null;
      known.delete(entry.name);
      if (before && this.#isAsBefore(before, entry)) this.#keep(before, entry);
      else if (sameStamp(others.get(entry.name), entry)) this.#scan.ignored += 1;
      else if (this.#isUnsettled(entry)) this.#waitFor(directory, before);
      else fresh.push({ folderId: this.#folderId, directory, before, ...entry });
      others.delete(entry.name);
    }
    for (const { name, code, message } of odd) this.#setAside(directory, { name, code, message }, known);
    for (const { name } of others.values()) {
      this.#scan.othersGone.push({ folderId: this.#folderId, directory, name });
    }
    this.#matchNames(fresh, known);
    this.#scan.vanished.push(...known.values());
  }

  #isAsBefore(before: KnownFile, entry: EntryOnDisk): boolean {
    if (!sameStamp(before, entry)) return false;
    return before.problemCode === null || !triedAgain.includes(before.problemCode);
  }

  #keep(file: KnownFile, { inode }: EntryOnDisk): void {
    if (file.problemCode === null) this.#scan.unchanged += 1;
    else this.#scan.problems.push(file);
    if (file.inode !== inode) this.#scan.renumbered.push({ id: file.id, inode });
  }

  #isUnsettled({ modifiedAtMs }: EntryOnDisk): boolean {
    const age = Date.now() - modifiedAtMs;
    // A clock that is ahead, of a camera or a server, says nothing of when the file was written.
    return age >= 0 && age < this.#settleMs;
  }

  /** What is known of the file holds until it has been read. */
  #waitFor(directory: string, before: KnownFile | null): void {
    this.#scan.unsettled.add(directory);
    if (before?.problemCode === null) this.#scan.unchanged += 1;
  }

  #setAside(directory: string, odd: EntryProblem & { name: string }, known: Map<string, KnownFile>): void {
    const before = known.get(odd.name);
    known.delete(odd.name);
    if (before?.problemCode === odd.code) this.#scan.problems.push(before);
    else this.#scan.odd.push({ folderId: this.#folderId, directory, ...odd });
  }

  /** Names that differ in case or in how accents are composed are one file's, if the stamps say so and only one is there. */
  #matchNames(fresh: FoundFile[], gone: Map<string, KnownFile>): void {
    if (fresh.length === 0) return;
    const folded = new Map([...gone.values()].map((file) => [foldedName(file.name), file]));
    for (const to of fresh) {
      const from = to.before ? undefined : folded.get(foldedName(to.name));
      if (from && isPhoto(from) && sameStamp(from, to) && mayBeOne(from, to)) {
        gone.delete(from.name);
        folded.delete(foldedName(to.name));
        this.#scan.renamed.push({ from, to });
      } else this.#scan.toRead.push(to);
    }
  }

  /** A directory that is there, of which nothing more can be said. It is listed among what could not be read. */
  unlistable(directory: string, problem: EntryProblem): void {
    this.#unlistable.push(directory);
    const at = directory.lastIndexOf('/');
    const parent = directory.slice(0, Math.max(0, at));
    const name = directory.slice(at + 1);
    const before = this.#known.filesIn(this.#folderId, parent).find((file) => file.name === name);
    if (before?.problemCode === problem.code) {
      this.#scan.problems.push(before);
      this.#scan.vanished = this.#scan.vanished.filter(({ id }) => id !== before.id);
    } else this.#scan.odd.push({ folderId: this.#folderId, directory: parent, name, ...problem });
  }

  /** What is known in directories that were not come across is gone. */
  closePlace({ directory, deep }: ScanPlace): void {
    const directories = deep ? this.#known.directoriesOf(this.#folderId, directory) : [directory];
    for (const each of directories) {
      if (this.#compared.has(each)) continue;
      this.#compared.add(each);
      const files = this.#known.filesIn(this.#folderId, each);
      if (!this.#unlistable.some((hidden) => each === hidden || each.startsWith(`${hidden}/`))) {
        this.#scan.vanished.push(...files);
        for (const { name } of this.#known.othersIn(this.#folderId, each)) {
          this.#scan.othersGone.push({ folderId: this.#folderId, directory: each, name });
        }
      } else for (const file of files) this.#recall(file);
    }
  }

  #recall(file: KnownFile): void {
    if (file.problemCode === null) this.#scan.unchanged += 1;
    else this.#scan.problems.push(file);
  }

  finish(): FolderScan {
    this.#matchInodes();
    this.#scan.toRead.sort(byPath);
    return this.#scan;
  }

  /** A file that went from one directory to another keeps its number, its size and its time. */
  #matchInodes(): void {
    const gone = new Map(
      this.#scan.vanished
        .filter((file) => isPhoto(file) && file.inode !== null)
        .map((file) => [file.inode, file]),
    );
    if (gone.size === 0) return;
    const found = new Set<KnownFile>();
    this.#scan.toRead = this.#scan.toRead.filter((to) => {
      const from = to.before ? undefined : gone.get(to.inode);
      if (!from || found.has(from) || !sameStamp(from, to)) return true;
      found.add(from);
      this.#scan.renamed.push({ from, to });
      return false;
    });
    this.#scan.vanished = this.#scan.vanished.filter((file) => !found.has(file));
  }
}

function sameStamp(a: FileStamp | undefined, b: FileStamp): boolean {
  return a?.sizeBytes === b.sizeBytes && a.modifiedAtMs === b.modifiedAtMs;
}

function isPhoto(file: KnownFile): boolean {
  return file.contentId !== null;
}

function mayBeOne(from: { inode: number | null }, to: { inode: number | null }): boolean {
  return from.inode === null || to.inode === null || from.inode === to.inode;
}

/** The same for names that a file system may take for one. */
function foldedName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function byPath(a: FileLocation, b: FileLocation): number {
  if (a.directory !== b.directory) return a.directory < b.directory ? -1 : 1;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
