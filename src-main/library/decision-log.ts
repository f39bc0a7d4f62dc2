/** What decisions changed, so that each can be taken back and done again, also after a restart. */
import * as v from 'valibot';
import { type Decision, SemblanceError } from '../contract/index.ts';
import type { Connection } from './database.ts';
import { storedJson } from './stored-json.ts';

const tagStateSchema = v.nullable(v.object({ tag: v.string(), present: v.picklist([0, 1]) }));
const hashes = v.array(v.string());
const changeSchema = v.variant('kind', [
  v.object({ kind: v.literal('tag'), hashes, before: tagStateSchema, after: tagStateSchema }),
  v.object({
    kind: v.literal('rating'),
    hashes,
    before: v.nullable(v.number()),
    after: v.nullable(v.number()),
  }),
  v.object({
    kind: v.literal('not-duplicates'),
    pairs: v.array(v.tuple([v.string(), v.string()])),
    before: v.boolean(),
    after: v.boolean(),
  }),
  v.object({
    kind: v.literal('kept'),
    /** Of each picture all paths of files that are kept. */
    files: v.array(v.object({ hash: v.string(), before: v.array(v.string()), after: v.array(v.string()) })),
  }),
]);

/** The same change of several pictures; null stands for nothing decided. */
export type DecisionChange = v.InferOutput<typeof changeSchema>;
export type TagState = v.InferOutput<typeof tagStateSchema>;

/** Decisions that can be taken back, and the characters that what they changed may take together. */
export const mostDecisions = 200;
const mostCharacters = 32e6;

interface DecisionRow {
  id: number;
  decidedAtMs: number;
  description: string;
  undone: number;
  changes: string;
}

export class DecisionLog {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** The latest first. */
  list(): Decision[] {
    return this.#database
      .prepare<[], Omit<DecisionRow, 'changes'>>(
        'SELECT id, decidedAtMs, description, undone FROM decisions ORDER BY id DESC',
      )
      .all()
      .map(toDecision);
  }

  /** Makes changes and remembers them; what had been undone before can no longer be done again. */
  record(description: string, changes: DecisionChange[], nowMs: number): Decision {
    this.#apply(changes, 'after');
    this.#database.prepare('DELETE FROM decisions WHERE undone = 1').run();
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO decisions (decidedAtMs, description, changes) VALUES (?, ?, ?)')
      .run(nowMs, description, JSON.stringify(changes));
    this.#trim();
    return { id: Number(lastInsertRowid), decidedAtMs: nowMs, description, undone: false };
  }

  /** Takes the latest decision back. @throws SemblanceError `not-available` when there is none */
  undo(): Decision {
    const row = this.#find('undone = 0 ORDER BY id DESC');
    if (!row) throw nothingTo('undo', 'No tag, rating, mark or choice was made that could be taken back.');
    this.#apply(parsed(row).toReversed(), 'before');
    this.#setUndone(row, 1);
    return toDecision({ ...row, undone: 1 });
  }

  /** Does what was undone last once more. @throws SemblanceError `not-available` when there is none */
  redo(): Decision {
    const row = this.#find('undone = 1 ORDER BY id');
    if (!row) throw nothingTo('redo', 'Only what was undone last can be done again.');
    this.#apply(parsed(row), 'after');
    this.#setUndone(row, 0);
    return toDecision({ ...row, undone: 0 });
  }

  #find(condition: string): DecisionRow | undefined {
    return this.#database
      .prepare<[], DecisionRow>(`SELECT * FROM decisions WHERE ${condition} LIMIT 1`)
      .get();
  }

  #setUndone({ id }: DecisionRow, undone: 0 | 1): void {
    this.#database.prepare('UPDATE decisions SET undone = ? WHERE id = ?').run(undone, id);
  }

  /** The latest decision always stays, however large it is. */
  #trim(): void {
    this.#database
      .prepare(
        `DELETE FROM decisions WHERE id < (SELECT max(id) FROM decisions) AND id NOT IN (
           SELECT id FROM (
             SELECT id, row_number() OVER latestFirst AS place, sum(length(changes)) OVER latestFirst AS characters
             FROM decisions WINDOW latestFirst AS (ORDER BY id DESC)
           ) WHERE place <= ? AND characters <= ?)`,
      )
      .run(mostDecisions, mostCharacters);
  }

  #apply(changes: DecisionChange[], side: 'before' | 'after'): void {
    for (const change of changes) {
      if (change.kind === 'tag') this.#setTags(change, side);
      else if (change.kind === 'rating') this.#setRatings(change.hashes, change[side]);
      else if (change.kind === 'kept') this.#setKept(change.files, side);
      else this.#setNotDuplicates(change.pairs, change[side]);
    }
  }

  #setTags(change: Extract<DecisionChange, { kind: 'tag' }>, side: 'before' | 'after'): void {
    const [from, to] = side === 'after' ? [change.before, change.after] : [change.after, change.before];
    const forget = this.#database.prepare('DELETE FROM decidedTags WHERE hash = ? AND tag = ?');
    const keep = this.#database.prepare(
      'INSERT OR REPLACE INTO decidedTags (hash, tag, present) VALUES (?, ?, ?)',
    );
    for (const hash of change.hashes) {
      if (from) forget.run(hash, from.tag);
      if (to) keep.run(hash, to.tag, to.present);
    }
  }

  #setRatings(pictures: string[], rating: number | null): void {
    const statement =
      rating === null
        ? this.#database.prepare('DELETE FROM decidedRatings WHERE hash = ?')
        : this.#database.prepare(
            `INSERT OR REPLACE INTO decidedRatings (hash, rating) VALUES (?, ${Math.trunc(rating)})`,
          );
    for (const hash of pictures) statement.run(hash);
  }

  #setNotDuplicates(pairs: [string, string][], not: boolean): void {
    const statement = this.#database.prepare(
      not
        ? 'INSERT OR IGNORE INTO notDuplicates (hash, otherHash) VALUES (?, ?)'
        : 'DELETE FROM notDuplicates WHERE hash = ? AND otherHash = ?',
    );
    for (const pair of pairs) statement.run(...pair);
  }

  #setKept(files: Extract<DecisionChange, { kind: 'kept' }>['files'], side: 'before' | 'after'): void {
    const forget = this.#database.prepare('DELETE FROM keptFiles WHERE hash = ?');
    const keep = this.#database.prepare('INSERT OR IGNORE INTO keptFiles (hash, path) VALUES (?, ?)');
    for (const { hash, [side]: paths } of files) {
      forget.run(hash);
      for (const path of paths) keep.run(hash, path);
    }
  }
}

function parsed(row: DecisionRow): DecisionChange[] {
  const changes = v.safeParse(v.array(changeSchema), storedJson(row.changes));
  if (changes.success) return changes.output;
  throw new SemblanceError(
    'library-damaged',
    `What was changed by “${row.description}” is no longer known, so it cannot be taken back or done again.`,
  );
}

function toDecision({ id, decidedAtMs, description, undone }: Omit<DecisionRow, 'changes'>): Decision {
  return { id, decidedAtMs, description, undone: undone === 1 };
}

function nothingTo(verb: 'undo' | 'redo', why: string): SemblanceError {
  return new SemblanceError('not-available', `There is nothing to ${verb}. ${why}`);
}
