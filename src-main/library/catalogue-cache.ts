/** Answers of the catalogue that took long, kept until anything in it changes. */
import type { Connection, Statement } from './database.ts';

/** How many answers are kept; the one that was asked for longest ago goes. */
const mostKept = 8;

export class CatalogueCache<Answer> {
  readonly #database: Connection;
  readonly #ownChanges: Statement<[], number>;
  readonly #othersChanges: Statement<[], number>;
  readonly #answers = new Map<string, Answer>();
  #stamp = '';

  constructor(database: Connection) {
    this.#database = database;
    this.#ownChanges = database.prepare<[], number>('SELECT total_changes()').pluck();
    this.#othersChanges = database.prepare<[], number>('PRAGMA data_version').pluck();
  }

  /** @param key all that the answer depends on besides the catalogue */
  get(key: string, ask: () => Answer): Answer {
    // What a transaction has changed it may also take back, and that is counted nowhere.
    if (this.#database.inTransaction) return ask();
    // Looked at before the question: a change in between makes the answer newer than its stamp, never older.
    const stamp = `${this.#ownChanges.get()} ${this.#othersChanges.get()}`;
    if (stamp !== this.#stamp) this.#answers.clear();
    this.#stamp = stamp;
    const answer = this.#answers.get(key) ?? ask();
    // What was asked for last stands last.
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (this.#answers.size > mostKept) this.#answers.delete([...this.#answers.keys()][0]);
    return answer;
  }
}
