/** Small files of the app's own, written whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';

/** What a file holds; null where it is not there or not what it should be, which is no obstacle. */
export function readWhole<Output>(path: string, schema: v.GenericSchema<unknown, Output>): Output | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Never throws: what is kept in such files is a comfort, and a full disk no reason to disturb anybody over it. */
export function writeWhole(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(`${path}.tmp`, 'w');
    try {
      writeSync(file, JSON.stringify(value));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.tmp`, path);
  } catch {
    // The older file, if any, is still whole.
  }
}
