/** Who has a library: a note beside the lock. The lock alone decides; the note only puts a name to it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { systemCodeOf } from '../contract/index.ts';

/** The program that has the library: the window, a server for browsers, or a command on a terminal. */
export type OwnerProgram = 'window' | 'server' | 'terminal';

const ownerSchema = v.object({
  processId: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  hostName: v.pipe(v.string(), v.maxLength(255), v.regex(/^[^\p{Cc}]*$/u)),
  program: v.picklist(['window', 'server', 'terminal']),
  sinceMs: v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15)),
});

type Owner = v.InferOutput<typeof ownerSchema>;

function ownerFile(folder: string): string {
  return join(folder, 'library.owner.json');
}

/** Writes the note of a process that has just taken the lock. A disk without room for it changes nothing else. */
export function writeOwner(folder: string, program: OwnerProgram): void {
  const owner: Owner = { processId: process.pid, hostName: hostname(), program, sinceMs: Date.now() };
  const file = ownerFile(folder);
  try {
    writeFileSync(`${file}.tmp`, JSON.stringify(owner));
    renameSync(`${file}.tmp`, file);
  } catch {
    // An older note would name somebody else.
    removeOwner(folder);
  }
}

export function removeOwner(folder: string): void {
  for (const file of [ownerFile(folder), `${ownerFile(folder)}.tmp`]) {
    try {
      rmSync(file, { force: true });
    } catch {
      // On a folder that cannot be written, there is none of ours.
    }
  }
}

/** Whoever has the library, in words, for somebody who has just found it locked. */
export function ownerInWords(folder: string): string {
  const owner = readOwner(folder);
  if (!owner || !mayBeRunning(owner)) return 'another Semblance';
  const { processId, hostName, program, sinceMs } = owner;
  const what = {
    window: 'the window of Semblance',
    server: 'a Semblance server',
    terminal: 'a semblance command',
  };
  const since = new Date(sinceMs).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
  return `${what[program]} (process ${processId} on ${hostName}, since ${since})`;
}

function readOwner(folder: string): Owner | null {
  try {
    return v.parse(ownerSchema, JSON.parse(readFileSync(ownerFile(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** A note that a killed process left says nothing of whoever took the lock since. */
function mayBeRunning({ processId, hostName }: Owner): boolean {
  if (hostName !== hostname()) return true;
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // Of another person's process only that is told.
    return systemCodeOf(error) === 'EPERM';
  }
}
