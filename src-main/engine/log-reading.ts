/** Reads back what the logs of a library hold that may be handed to somebody else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logFolder } from './log.ts';
import { logExtension } from './log-file.ts';

export interface LogEntry {
  time: string;
  level: string;
  process: string;
  event: string;
  [field: string]: unknown;
}

/** The latest entries of a library's logs, the oldest first, without those that name things. */
export function readLogs(libraryPath: string, most: number): LogEntry[] {
  const folder = logFolder(libraryPath);
  const entries = namesIn(folder)
    .filter((name) => name.endsWith(logExtension))
    .flatMap((name) => linesOf(join(folder, name)))
    .flatMap((line) => entryOf(line) ?? []);
  // A time in this form sorts as a text.
  entries.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
  return entries.slice(-most);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // It has begun anew meanwhile.
    return [];
  }
}

/** null for what was cut off, and for what names things. */
function entryOf(line: string): LogEntry | null {
  try {
    const entry = JSON.parse(line) as Partial<LogEntry> | null;
    const texts = [entry?.time, entry?.level, entry?.process, entry?.event];
    if (texts.some((text) => typeof text !== 'string') || entry?.level === 'debug') return null;
    return entry as LogEntry;
  } catch {
    return null;
  }
}
