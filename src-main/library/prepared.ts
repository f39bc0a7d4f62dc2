/** Statements that are asked again and again, prepared once: one that is forgotten keeps its memory for a long while. */
import type { Connection, Statement } from './database.ts';

/** Filters make many different statements; the oldest go. */
const mostKept = 50;

export class Prepared {
  readonly #database: Connection;
  readonly #statements = new Map<string, Statement<unknown[], unknown>>();

  constructor(database: Connection) {
    this.#database = database;
  }

  /** @param sql which decides what a row is */
  get<Row>(sql: string): Statement<unknown[], Row> {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    // What was used last stands last.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > mostKept) this.#statements.delete([...this.#statements.keys()][0]);
    return statement as Statement<unknown[], Row>;
  }
}
