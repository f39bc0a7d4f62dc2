/** How tags are spelled in the catalogue, which itself takes only A to Z and a to z for the same letters. */
import { tagKey } from '../contract/index.ts';
import { groupedBy } from '../descriptor/index.ts';
import { CatalogueCache } from './catalogue-cache.ts';
import type { Connection } from './database.ts';

export class TagSpellings {
  readonly #database: Connection;
  readonly #known: CatalogueCache<Map<string, string[]>>;

  constructor(database: Connection) {
    this.#database = database;
    this.#known = new CatalogueCache(database);
  }

  /**
   * All spellings of a tag that are different ones to SQLite, the one that holds for new photos first; the tag itself
   * where it is new.
   */
  of(tag: string): string[] {
    return this.#known.get('', () => this.#read()).get(tagKey(tag)) ?? [tag];
  }

  #read(): Map<string, string[]> {
    // What the person has typed comes before what files say.
    const tags = ['decidedTags', 'fileTags'].flatMap((table) =>
      this.#database.prepare<[], string>(distinctTags(table)).pluck().all(),
    );
    const seen = new Set<string>();
    const distinct = tags.filter((tag) => {
      const isNew = !seen.has(inSmallLetters(tag));
      seen.add(inSmallLetters(tag));
      return isNew;
    });
    return groupedBy(distinct, tagKey);
  }
}

/** From one tag to the next by the index: there are few of them, and a picture in every row. */
function distinctTags(table: string): string {
  return `WITH RECURSIVE known (tag) AS (
      SELECT min(tag) FROM ${table}
      UNION ALL SELECT (SELECT min(tag) FROM ${table} WHERE tag > known.tag) FROM known WHERE known.tag IS NOT NULL
    ) SELECT tag FROM known WHERE tag IS NOT NULL`;
}

/** Whether two spellings are one to SQLite: only A to Z have small letters there. */
export function isSameToSqlite(one: string, other: string): boolean {
  return inSmallLetters(one) === inSmallLetters(other);
}

function inSmallLetters(tag: string): string {
  return tag.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
