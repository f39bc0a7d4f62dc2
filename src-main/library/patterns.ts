/** What of a folder is looked at: gitignore's syntax, after a list of what nobody means to index. */
import ignore, { type Ignore } from 'ignore';

/**
 * Hidden files and folders, and what systems and programs keep for themselves. A person's own lines come after these, so
 * that `!` takes any of them in again.
 */
export const defaultPatterns: readonly string[] = [
  '.*',
  '@eaDir/',
  '\\#recycle/',
  '\\#snapshot/',
  '$RECYCLE.BIN/',
  'System Volume Information/',
  'lost+found/',
  '__MACOSX/',
  '*.lrdata/',
  'node_modules/',
];

/** The library that matches remembers every path that it was asked; after so many it starts afresh. */
const rememberedPaths = 20_000;

export class PathFilter {
  readonly #patterns: string;
  #matcher: Ignore;
  #asked = 0;

  /** @param patterns the person's own lines */
  constructor(patterns: string) {
    this.#patterns = patterns.normalize('NFC');
    this.#matcher = this.#makeMatcher();
  }

  /**
   * Whether something in the folder is passed over. Whatever lies in a directory that is passed over is so, too, but
   * for a file that has to be found out by asking for its directories first. Case does not count, nor whether accents
   * are composed.
   * @param path relative to the folder, '/' between names
   */
  leavesOut(path: string, isDirectory: boolean): boolean {
    if (path === '') return false;
    this.#asked += 1;
    if (this.#asked % rememberedPaths === 0) this.#matcher = this.#makeMatcher();
    const composed = path.normalize('NFC');
    return this.#matcher.ignores(isDirectory ? `${composed}/` : composed);
  }

  #makeMatcher(): Ignore {
    // Names that gitignore cannot have, e.g. one that begins with '..', are names of files here.
    return ignore({ allowRelativePaths: true })
      .add([...defaultPatterns])
      .add(this.#patterns);
  }
}
