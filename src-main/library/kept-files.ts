/**
 * Files that a person chose to keep among their duplicates, by the hash of the picture and by the path that each had
 * then, because copies share the hash.
 */
import { type DecisionOutcome, type PhotoDetails, SemblanceError } from '../contract/index.ts';
import { groupedBy } from '../descriptor/index.ts';
import type { Connection } from './database.ts';
import type { DecisionChange, DecisionLog } from './decision-log.ts';
import type { Photos } from './photos.ts';

type Change = Extract<DecisionChange, { kind: 'kept' }>['files'][number];

export class KeptFiles {
  readonly #database: Connection;
  readonly #photos: Pick<Photos, 'details' | 'contentOf' | 'withContent'>;
  readonly #log: DecisionLog;

  constructor(
    database: Connection,
    photos: Pick<Photos, 'details' | 'contentOf' | 'withContent'>,
    log: DecisionLog,
  ) {
    this.#database = database;
    this.#photos = photos;
    this.#log = log;
  }

  /**
   * Keeps photos, or says that they are kept no longer; inside a transaction of the caller's (`Library.decide`).
   * @throws SemblanceError `not-found`, also when one of several is not there
   */
  choose(photoIds: readonly number[], keep: boolean, nowMs: number): DecisionOutcome {
    const asked = [...new Set(photoIds)].map((photoId) => ({ photoId, ...this.#photos.contentOf(photoId) }));
    const different: PhotoDetails[] = [];
    const files = [...groupedBy(asked, ({ hash }) => hash)].flatMap(([hash, group]): Change[] => {
      const before = this.#pathsOf(hash);
      const copies = this.#photos.withContent(group[0].id);
      const kept = new Set(keptAmong(before, copies));
      const changing = copies.filter(
        (copy) => group.some(({ photoId }) => photoId === copy.id) && kept.has(copy) !== keep,
      );
      if (changing.length === 0) return [];
      different.push(...changing);
      const staying = copies.filter((copy) => (changing.includes(copy) ? keep : kept.has(copy)));
      return [{ hash, before, after: staying.map(({ path }) => path) }];
    });
    if (different.length === 0) return { changed: 0, decision: null };
    const which = different.length === 1 ? different[0].name : `${different.length} photos`;
    const words = keep ? `Chose to keep ${which}` : `Took the mark “keep” from ${which}`;
    return {
      changed: different.length,
      decision: this.#log.record(words, [{ kind: 'kept', files }], nowMs),
    };
  }

  /** Photos that are kept, of pictures that are in the library; a page of pictures, and how many those are. */
  page({ offset, limit }: { offset: number; limit: number }): { total: number; photoIds: number[] } {
    const found = `FROM contents WHERE hash IN (SELECT hash FROM keptFiles)
      AND EXISTS (SELECT 1 FROM photos WHERE contentId = contents.id)`;
    const total = this.#database.prepare<[], number>(`SELECT count(*) ${found}`).pluck().get() ?? 0;
    const contentIds = this.#database
      .prepare<[number, number], number>(`SELECT id ${found} ORDER BY id LIMIT ? OFFSET ?`)
      .pluck()
      .all(limit, offset);
    return { total, photoIds: [...this.among(contentIds)] };
  }

  /** Photos that are kept, of those that contain some pictures. */
  among(contentIds: readonly number[]): Set<number> {
    const rows = this.#database
      .prepare<[string], { contentId: number; path: string }>(
        `SELECT contents.id AS contentId, keptFiles.path FROM json_each(?) AS asked JOIN contents ON contents.id = asked.value
         JOIN keptFiles ON keptFiles.hash = contents.hash ORDER BY asked.key, keptFiles.path`,
      )
      .all(JSON.stringify(contentIds));
    const kept = [...groupedBy(rows, ({ contentId }) => contentId)].flatMap(([contentId, decided]) =>
      keptAmong(
        decided.map(({ path }) => path),
        this.#photos.withContent(contentId),
      ),
    );
    return new Set(kept.map(({ id }) => id));
  }

  /** @throws SemblanceError `invalid-arguments` for a photo that a person chose to keep */
  refuse({ id, path }: Pick<PhotoDetails, 'id' | 'path'>): void {
    if (!this.among([this.#photos.contentOf(id).id]).has(id)) return;
    throw new SemblanceError(
      'invalid-arguments',
      `You chose to keep ${path} among its duplicates, so it stays. Take that back first to move it to the bin.`,
      { photo: path },
    );
  }

  #pathsOf(hash: string): string[] {
    return this.#database
      .prepare<[string], string>('SELECT path FROM keptFiles WHERE hash = ? ORDER BY path')
      .pluck()
      .all(hash);
  }
}

/**
 * Which copies of a picture were meant. A file that is no longer where it was chosen is the copy whose path ends most as
 * its own did: a folder or a drive may have moved. Where several are as like, each of them is kept, so that none is lost.
 */
export function keptAmong<Copy extends { path: string }>(
  decided: readonly string[],
  copies: readonly Copy[],
): Copy[] {
  const kept = new Set(copies.filter(({ path }) => decided.includes(path)));
  const others = copies.filter((copy) => !kept.has(copy));
  for (const path of decided.filter((each) => copies.every((copy) => copy.path !== each))) {
    const likeness = others.map((copy) => commonEnd(path, copy.path));
    const most = Math.max(...likeness);
    others.filter((_, place) => likeness[place] === most).forEach((copy) => kept.add(copy));
  }
  return copies.filter((copy) => kept.has(copy));
}

/** How many names two paths share at their ends. */
function commonEnd(one: string, other: string): number {
  const [a, b] = [one, other].map((path) => path.split(/[\\/]/).toReversed());
  const different = a.findIndex((name, place) => name !== b.at(place));
  return different === -1 ? a.length : different;
}
