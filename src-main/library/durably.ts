/** Transactions that a power cut cannot undo. */
import type { Connection } from './database.ts';

/**
 * Runs a transaction that is on the disk when this returns. Everything else is committed with `synchronous = NORMAL`,
 * which in WAL mode may lose the last transactions with the power, though never more (sqlite.org/pragma.html).
 */
export function durably<Result>(database: Connection, changes: () => Result): Result {
  // Inside a transaction the setting cannot be changed.
  const before = Number(database.pragma('synchronous', { simple: true }));
  database.pragma('synchronous = FULL');
  try {
    return database.transaction(changes).immediate();
  } finally {
    database.pragma(`synchronous = ${before}`);
  }
}
