/**
 * What a person has decided in another library comes together with what was decided here. Where the two contradict each
 * other, the later one holds if both times are known, and else what was decided here.
 */
import type { ForeignCatalogue } from './archive-catalogue.ts';
import type { Connection } from './database.ts';
import { type DecisionChange, DecisionLog, parsedChanges } from './decision-log.ts';
import { Prepared } from './prepared.ts';

/** When something was last decided of a tag or a rating of a picture. */
type Times = Map<string, number>;

interface LoggedDecision {
  decidedAtMs: number;
  description: string;
  changes: string;
  undone: number;
}

/** Methods run inside a transaction of the caller's. */
export class ArrivingDecisions {
  readonly #prepared: Prepared;
  readonly #log: DecisionLog;

  constructor(database: Connection) {
    this.#prepared = new Prepared(database);
    this.#log = new DecisionLog(database);
  }

  /**
   * @param foreign which is read through, one table after the other
   * @param pathHere where a file that was kept there is here
   * @returns how many decisions are others than before
   */
  take(foreign: ForeignCatalogue, pathHere: (path: string) => string): number {
    const isFirst = this.#isUndecided();
    const own = timesOf(this.#logged());
    const theirs = timesOf(foreign.rows('decisions'));
    const isLater = (key: string): boolean => {
      const [mine, other] = [own.get(key), theirs.get(key)];
      return mine !== undefined && other !== undefined && other > mine;
    };
    let changed = 0;
    for (const { hash, tag, present } of foreign.rows('decidedTags')) {
      const before = this.#prepared
        .get<{ present: number }>('SELECT present FROM decidedTags WHERE hash = ? AND tag = ?')
        .get(hash, tag);
      if (before && (before.present === present || !isLater(tagKey(hash, tag)))) continue;
      changed += this.#run(
        `INSERT INTO decidedTags (hash, tag, present) VALUES (?, ?, ?)
         ON CONFLICT (hash, tag) DO UPDATE SET present = excluded.present`,
        [hash, tag, present],
      );
    }
    for (const { hash, rating } of foreign.rows('decidedRatings')) {
      const before = this.#prepared
        .get<{ rating: number }>('SELECT rating FROM decidedRatings WHERE hash = ?')
        .get(hash);
      if (before && (before.rating === rating || !isLater(ratingKey(hash)))) continue;
      changed += this.#run('INSERT OR REPLACE INTO decidedRatings (hash, rating) VALUES (?, ?)', [
        hash,
        rating,
      ]);
    }
    for (const { hash, otherHash } of foreign.rows('notDuplicates')) {
      changed += this.#run('INSERT OR IGNORE INTO notDuplicates (hash, otherHash) VALUES (?, ?)', [
        hash,
        otherHash,
      ]);
    }
    for (const { hash, path } of foreign.rows('keptFiles')) {
      changed += this.#run('INSERT OR IGNORE INTO keptFiles (hash, path) VALUES (?, ?)', [
        hash,
        pathHere(path),
      ]);
    }
    // What can be taken back here is what was done here; a library that begins takes over that as well.
    if (isFirst) for (const decision of foreign.rows('decisions')) this.#remember(decision, pathHere);
    return changed;
  }

  #isUndecided(): boolean {
    const tables = ['decisions', 'decidedTags', 'decidedRatings', 'notDuplicates', 'keptFiles'];
    return tables.every((table) => this.#prepared.get(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined);
  }

  #logged(): LoggedDecision[] {
    return this.#prepared
      .get<LoggedDecision>('SELECT decidedAtMs, description, changes, undone FROM decisions ORDER BY id')
      .all();
  }

  #run(sql: string, values: unknown[]): number {
    return this.#prepared.get(sql).run(...values).changes;
  }

  #remember(
    { decidedAtMs, description, changes, undone }: LoggedDecision,
    pathHere: (path: string) => string,
  ) {
    const known = parsedChanges(changes);
    if (known)
      this.#log.bring(
        { decidedAtMs, description, undone },
        known.map((each) => here(each, pathHere)),
      );
  }
}

function here(change: DecisionChange, pathHere: (path: string) => string): DecisionChange {
  if (change.kind !== 'kept') return change;
  const files = change.files.map(({ hash, before, after }) => ({
    hash,
    before: before.map(pathHere),
    after: after.map(pathHere),
  }));
  return { ...change, files };
}

/** What was taken back says nothing of when what is there now was decided. */
function timesOf(log: Iterable<LoggedDecision>): Times {
  const times: Times = new Map();
  for (const { decidedAtMs, changes, undone } of log) {
    if (undone === 1) continue;
    for (const change of parsedChanges(changes) ?? []) {
      for (const key of keysOf(change)) times.set(key, Math.max(decidedAtMs, times.get(key) ?? 0));
    }
  }
  return times;
}

function keysOf(change: DecisionChange): string[] {
  if (change.kind === 'rating') return change.hashes.map(ratingKey);
  if (change.kind !== 'tag') return [];
  const tags = [change.before, change.after].flatMap((state) => (state ? [state.tag] : []));
  return change.hashes.flatMap((hash) => tags.map((tag) => tagKey(hash, tag)));
}

function ratingKey(hash: string): string {
  return `rating\n${hash}`;
}

/** As the catalogue compares tags: by A to Z alone. */
function tagKey(hash: string, tag: string): string {
  return `tag\n${hash}\n${tag.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())}`;
}
