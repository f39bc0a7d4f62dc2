/** What a person decides of pictures, by their hashes: it outlives files that move, and all that can be computed again. */
import {
  type ChosenPhotos,
  type Decision,
  type DecisionOutcome,
  SemblanceError,
  type TagCount,
  tagKey,
} from '../contract/index.ts';
import { groupedBy } from '../descriptor/index.ts';
import type { Connection } from './database.ts';
import { type DecisionChange, DecisionLog, type TagState } from './decision-log.ts';
import { KeptFiles } from './kept-files.ts';
import { type Condition, conditionOf, contentsTagged } from './photo-filter.ts';
import type { Photos } from './photos.ts';
import { isSameToSqlite, type TagSpellings } from './tag-spellings.ts';

/** What is known of one tag at one picture. */
interface TagAtPicture {
  hash: string;
  decidedTag: string | null;
  present: 0 | 1 | null;
  /** As the file spells it. */
  fileTag: string | null;
}

/** Each method that changes something runs inside a transaction of the caller's (`Library.decide`). */
export class Decisions {
  readonly log: DecisionLog;
  readonly kept: KeptFiles;
  readonly #database: Connection;
  readonly #spellings: Pick<TagSpellings, 'of'>;
  readonly #offlineFolderIds: () => number[];

  constructor(
    database: Connection,
    photos: Pick<Photos, 'details' | 'contentOf' | 'withContent'>,
    spellings: Pick<TagSpellings, 'of'>,
    offlineFolderIds: () => number[],
  ) {
    this.#database = database;
    this.#spellings = spellings;
    this.#offlineFolderIds = offlineFolderIds;
    this.log = new DecisionLog(database);
    this.kept = new KeptFiles(database, photos, this.log);
  }

  /** @throws SemblanceError `not-found` when none of the photos is there, `invalid-arguments` for no tag at all */
  changeTags(photos: ChosenPhotos, add: string[], remove: string[], nowMs: number): DecisionOutcome {
    if (add.length + remove.length === 0) {
      throw new SemblanceError('invalid-arguments', 'Name a tag to give to the photos or to take from them.');
    }
    const hashes = this.#hashesOf(photos);
    const given = new Set(add.map((tag) => this.#spelled(tag)));
    const taken = new Set(remove.map((tag) => this.#spelled(tag)).filter((tag) => !given.has(tag)));
    const changes = [
      ...[...taken].flatMap((tag) => this.#take(hashes, tag)),
      ...[...given].flatMap((tag) => this.#give(hashes, tag)),
    ];
    const to = photosIn(changes);
    const took = `Took ${quoted(taken)} from ${to}`;
    const gave = `Gave ${quoted(given)} to ${to}`;
    const both = `Gave ${quoted(given)} to and took ${quoted(taken)} from ${to}`;
    return this.#record(taken.size === 0 ? gave : given.size === 0 ? took : both, changes, nowMs);
  }

  /** @param rating 0 for none @throws SemblanceError `not-found` */
  rate(photos: ChosenPhotos, rating: number, nowMs: number): DecisionOutcome {
    const rows = this.#database
      .prepare<[string], { hash: string; before: number | null; fileRating: number | null }>(
        `SELECT contents.hash, decidedRatings.rating AS before, contents.fileRating
         FROM json_each(?) AS asked JOIN contents ON contents.hash = asked.value
         LEFT JOIN decidedRatings ON decidedRatings.hash = contents.hash`,
      )
      .all(JSON.stringify(this.#hashesOf(photos)))
      .filter(({ before, fileRating }) => (before ?? fileRating ?? 0) !== rating);
    const changes = [...groupedBy(rows, ({ before }) => before)].map(([before, group]): DecisionChange => ({
      kind: 'rating',
      hashes: group.map(({ hash }) => hash),
      before,
      after: rating,
    }));
    const words =
      rating === 0
        ? `Took the rating from ${photosIn(changes)}`
        : `Rated ${photosIn(changes)} with ${rating}`;
    return this.#record(words, changes, nowMs);
  }

  /** All tags of photos in the library, with how many pictures have them, in alphabetical order. */
  tags(): TagCount[] {
    const isThere = 'EXISTS (SELECT 1 FROM photos WHERE photos.contentId = tagged.contentId)';
    const rows = this.#database
      .prepare<[], TagCount>(
        `SELECT min(tag) AS tag, count(*) AS photos FROM contentTags AS tagged WHERE ${isThere}
         GROUP BY tag COLLATE NOCASE`,
      )
      .all();
    const tags = [...groupedBy(rows, ({ tag }) => tagKey(tag)).values()].map((spellings) => {
      const [{ tag, photos }] = spellings;
      if (spellings.length === 1) return { tag, photos };
      const { sql, parameters } = contentsTagged(spellings.map((each) => each.tag));
      const count = this.#database
        .prepare<unknown[], number>(
          `SELECT count(DISTINCT contentId) FROM (${sql}) AS tagged WHERE ${isThere}`,
        )
        .pluck()
        .get(...parameters);
      return { tag: this.#spelled(tag), photos: count ?? 0 };
    });
    return tags.sort((a, b) => a.tag.localeCompare(b.tag));
  }

  /** Tags of some photos, with how many of their pictures have them, and how many pictures those are. */
  tagsOf(photos: ChosenPhotos): { pictures: number; tags: TagCount[] } {
    const { sql, parameters } = this.#chosen(photos);
    const chosen = `SELECT DISTINCT contentId FROM photos JOIN contents ON contents.id = photos.contentId WHERE ${sql}`;
    const pictures = this.#database
      .prepare<unknown[], number>(`SELECT count(*) FROM (${chosen})`)
      .pluck()
      .get(...parameters);
    const tags = this.#database
      .prepare<unknown[], TagCount>(
        `SELECT min(tag) AS tag, count(DISTINCT contentId) AS photos FROM contentTags WHERE contentId IN (${chosen})
         GROUP BY tag COLLATE NOCASE`,
      )
      .all(...parameters);
    return { pictures: pictures ?? 0, tags: tags.sort((a, b) => a.tag.localeCompare(b.tag)) };
  }

  /** Pictures with their tags. */
  taggedContents(): { contentId: number; tag: string }[] {
    return this.#database
      .prepare<[], { contentId: number; tag: string }>('SELECT contentId, tag FROM contentTags')
      .all();
  }

  /** @throws SemblanceError `not-found` when there is no such tag */
  renameTag(from: string, to: string, nowMs: number): DecisionOutcome {
    const having = new Map(this.#spellings.of(from).map((tag) => [tag, this.#hashesWith(tag)]));
    const all = [...new Set([...having.values()].flat())];
    if (all.length === 0) {
      throw new SemblanceError('not-found', `There is no tag “${from}”. See: semblance tag list`);
    }
    const old = this.#spelled(from);
    const renamed = tagKey(from) === tagKey(to) ? to : this.#spelled(to);
    const respelled = [...having.keys()].find((tag) => isSameToSqlite(tag, renamed));
    const stays = new Set(respelled === undefined ? [] : having.get(respelled));
    const changes = [
      ...(respelled === undefined ? [] : this.#respell([...stays], respelled, renamed)),
      ...[...having]
        .filter(([tag]) => tag !== respelled)
        .flatMap(([tag, hashes]) => this.#tagChanges(hashes, tag, false)),
      ...this.#give(
        all.filter((hash) => !stays.has(hash)),
        renamed,
        [...having.keys()],
      ),
    ];
    return this.#record(`Renamed the tag “${old}” to “${renamed}”`, changes, nowMs);
  }

  /** Pictures with a tag, spelled so to SQLite, in the library or not. */
  #hashesWith(tag: string): string[] {
    const { sql, parameters } = contentsTagged([tag]);
    return this.#database
      .prepare<unknown[], string>(
        `SELECT hash FROM contents WHERE id IN (${sql})
         UNION SELECT hash FROM decidedTags WHERE tag = ? AND present = 1`,
      )
      .pluck()
      .all(...parameters, tag);
  }

  /** @throws SemblanceError `not-found`, `invalid-arguments` for two photos with the same content */
  markNotDuplicates(pairs: [number, number][], not: boolean, nowMs: number): DecisionOutcome {
    const hashOf = this.#database
      .prepare<[number], string>(
        'SELECT hash FROM photos JOIN contents ON contents.id = contentId WHERE photos.id = ?',
      )
      .pluck();
    const known = this.#database.prepare('SELECT 1 FROM notDuplicates WHERE hash = ? AND otherHash = ?');
    const asked = pairs.map((pair): [string, string] => {
      const [hash, otherHash] = pair.map((id) => hashOf.get(id)).sort();
      if (hash === undefined || otherHash === undefined) throw gone();
      if (hash === otherHash) {
        throw new SemblanceError(
          'invalid-arguments',
          'These two photos are the same file byte for byte, so they cannot be marked as different.',
        );
      }
      return [hash, otherHash];
    });
    const distinct = [...new Map(asked.map((pair) => [pair.join(), pair])).values()];
    const changed = distinct.filter((pair) => (known.get(...pair) !== undefined) !== not);
    const words = changed.length === 1 ? '1 pair' : `${changed.length} pairs`;
    return this.#record(
      not ? `Marked ${words} as no duplicates` : `Took the mark “no duplicates” from ${words}`,
      changed.length === 0 ? [] : [{ kind: 'not-duplicates', pairs: changed, before: !not, after: not }],
      nowMs,
      changed.length,
    );
  }

  notDuplicates({ offset, limit }: { offset: number; limit: number }): {
    total: number;
    pairs: [number, number][];
  } {
    const found = `FROM notDuplicates JOIN contents AS one ON one.hash = notDuplicates.hash
      JOIN contents AS other ON other.hash = otherHash
      WHERE EXISTS (SELECT 1 FROM photos WHERE contentId = one.id)
        AND EXISTS (SELECT 1 FROM photos WHERE contentId = other.id)`;
    const total = this.#database.prepare<[], number>(`SELECT count(*) ${found}`).pluck().get() ?? 0;
    const first = (table: string): string => `(SELECT min(id) FROM photos WHERE contentId = ${table}.id)`;
    const pairs = this.#database
      .prepare<[number, number], [number, number]>(
        `SELECT ${first('one')}, ${first('other')} ${found} ORDER BY one.id, other.id LIMIT ? OFFSET ?`,
      )
      .raw()
      .all(limit, offset);
    return { total, pairs };
  }

  /** Pictures that are no duplicates of each other by a person's word, of those that are in the library. */
  apart(): [contentId: number, otherContentId: number][] {
    return this.#database
      .prepare<[], [number, number]>(
        `SELECT one.id, other.id FROM notDuplicates JOIN contents AS one ON one.hash = notDuplicates.hash
         JOIN contents AS other ON other.hash = otherHash ORDER BY one.id, other.id`,
      )
      .raw()
      .all();
  }

  /** How much is decided, of pictures in the library and of others. */
  counts(): { tags: number; ratings: number; notDuplicates: number; kept: number } {
    const count = (table: string): number =>
      this.#database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    return {
      tags: count('decidedTags'),
      ratings: count('decidedRatings'),
      notDuplicates: count('notDuplicates'),
      kept: count('keptFiles'),
    };
  }

  #record(
    words: string,
    changes: DecisionChange[],
    nowMs: number,
    changed = pictures(changes),
  ): DecisionOutcome {
    const decision: Decision | null = changes.length === 0 ? null : this.log.record(words, changes, nowMs);
    return { changed, decision };
  }

  /** @throws SemblanceError `not-found` when there is none */
  #hashesOf(photos: ChosenPhotos): string[] {
    const { sql, parameters } = this.#chosen(photos);
    const hashes = this.#database
      .prepare<unknown[], string>(
        `SELECT DISTINCT hash FROM photos JOIN contents ON contents.id = photos.contentId WHERE ${sql}`,
      )
      .pluck()
      .all(...parameters);
    if (hashes.length === 0) throw gone();
    return hashes;
  }

  #chosen(photos: ChosenPhotos): Condition {
    if ('photoIds' in photos) {
      return {
        sql: 'photos.id IN (SELECT value FROM json_each(?))',
        parameters: [JSON.stringify(photos.photoIds)],
      };
    }
    return conditionOf(photos.filter, {
      offlineFolderIds: () => this.#offlineFolderIds(),
      spellingsOf: (tag) => this.#spellings.of(tag),
    });
  }

  /** How a tag is spelled that differs from one that is there in the case of letters only. */
  #spelled(tag: string): string {
    return this.#spellings.of(tag)[0];
  }

  #atPictures(hashes: string[], tag: string): TagAtPicture[] {
    return this.#database
      .prepare<[string, string, string], TagAtPicture>(
        `SELECT asked.value AS hash, decidedTags.tag AS decidedTag, present, fileTags.tag AS fileTag
         FROM json_each(?) AS asked LEFT JOIN contents ON contents.hash = asked.value
         LEFT JOIN decidedTags ON decidedTags.hash = asked.value AND decidedTags.tag = ?
         LEFT JOIN fileTags ON fileTags.contentId = contents.id AND fileTags.tag = ?`,
      )
      .all(JSON.stringify(hashes), tag, tag);
  }

  /** Takes a tag away in whichever spelling. */
  #take(hashes: string[], tag: string): DecisionChange[] {
    return this.#spellings.of(tag).flatMap((spelling) => this.#tagChanges(hashes, spelling, false));
  }

  /**
   * Gives a tag to those that do not have it in another spelling.
   * @param passedOver spellings that do not count, because they are taken away
   */
  #give(hashes: string[], tag: string, passedOver: string[] = []): DecisionChange[] {
    const others = this.#spellings
      .of(tag)
      .filter((spelling) => !isSameToSqlite(spelling, tag) && !passedOver.includes(spelling));
    const having = new Set(
      others.flatMap((spelling) =>
        this.#atPictures(hashes, spelling)
          .filter(hasTag)
          .map(({ hash }) => hash),
      ),
    );
    return this.#tagChanges(
      hashes.filter((hash) => !having.has(hash)),
      tag,
      true,
    );
  }

  #tagChanges(hashes: string[], tag: string, wanted: boolean): DecisionChange[] {
    const changing = this.#atPictures(hashes, tag).filter((row) => hasTag(row) !== wanted);
    return grouped(changing, ({ fileTag }) => {
      if (wanted) return { tag, present: 1 };
      return fileTag === null ? null : { tag: fileTag, present: 0 };
    });
  }

  /** Another case of letters: also where the file spells it the old way, the person's spelling counts from now on. */
  #respell(hashes: string[], from: string, to: string): DecisionChange[] {
    return grouped(
      this.#atPictures(hashes, from).filter(({ decidedTag, fileTag }) => (decidedTag ?? fileTag) !== to),
      () => ({ tag: to, present: 1 }),
    );
  }
}

function hasTag({ present, fileTag }: TagAtPicture): boolean {
  return present === null ? fileTag !== null : present === 1;
}

/** The same change of many pictures is one. */
function grouped(rows: TagAtPicture[], after: (row: TagAtPicture) => TagState): DecisionChange[] {
  const changes = new Map<string, Extract<DecisionChange, { kind: 'tag' }>>();
  for (const row of rows) {
    const { hash, decidedTag, present } = row;
    const before: TagState = decidedTag === null || present === null ? null : { tag: decidedTag, present };
    const change = { kind: 'tag', before, after: after(row) } as const;
    const key = JSON.stringify(change);
    const group = changes.get(key) ?? { ...change, hashes: [] };
    group.hashes.push(hash);
    changes.set(key, group);
  }
  return [...changes.values()];
}

/** Different pictures that are changed. */
function pictures(changes: DecisionChange[]): number {
  return new Set(changes.flatMap((change) => ('hashes' in change ? change.hashes : []))).size;
}

function photosIn(changes: DecisionChange[]): string {
  const count = pictures(changes);
  return `${count} ${count === 1 ? 'photo' : 'photos'}`;
}

function quoted(tags: Set<string>): string {
  return Array.from(tags, (tag) => `“${tag}”`).join(', ');
}

function gone(): SemblanceError {
  return new SemblanceError('not-found', 'None of these photos is in the library.');
}
