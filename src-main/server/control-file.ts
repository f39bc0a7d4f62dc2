/** How another process of the same person finds the running server: a file in the library that only they can read. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { SemblanceError } from '../contract/index.ts';

const controlSchema = v.strictObject({
  /** `http://…` with the port. */
  origin: v.string(),
  processId: v.number(),
  secret: v.string(),
});
type Control = v.InferOutput<typeof controlSchema>;

export const controlPath = '/control/address';
/** What is asked for beside an address: photos and folders, absolute paths, for the page that is opened with it. */
const controlBodySchema = v.strictObject({ open: v.pipe(v.array(v.string()), v.maxLength(10_000)) });
export const mostControlBytes = 2 ** 20;
export const controlHeader = 'x-semblance-control';

function fileIn(libraryPath: string): string {
  return join(libraryPath, 'server.json');
}

/** Writes the file; returns the secret and how to remove it. */
export function writeControlFile(
  libraryPath: string,
  origin: string,
): { secret: string; remove: () => void } {
  const secret = randomBytes(32).toString('base64url');
  const control: Control = { origin, processId: process.pid, secret };
  writeFileSync(fileIn(libraryPath), JSON.stringify(control), { mode: 0o600 });
  // The mode above counts only for a new file.
  chmodSync(fileIn(libraryPath), 0o600);
  return { secret, remove: () => rmSync(fileIn(libraryPath), { force: true }) };
}

export function isSecret(given: unknown, secret: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The paths in the body of a request, which may be empty; null where it is none of ours. */
export function pathsToOpen(body: string): string[] | null {
  if (body === '') return [];
  try {
    return v.parse(controlBodySchema, JSON.parse(body)).open;
  } catch {
    return null;
  }
}

/**
 * Asks the server of a library for a fresh one-time address.
 * @param open photos and folders for the page to open, absolute paths
 * @throws SemblanceError `not-available` when none runs
 */
export async function requestAddress(libraryPath: string, open: readonly string[] = []): Promise<string> {
  try {
    const { origin, secret } = v.parse(controlSchema, JSON.parse(readFileSync(fileIn(libraryPath), 'utf8')));
    const response = await fetch(`${origin}${controlPath}`, {
      method: 'POST',
      headers: { [controlHeader]: secret },
      ...(open.length > 0 && { body: JSON.stringify({ open }) }),
    });
    if (response.ok) return await response.text();
  } catch {
    // No file, or nobody listens there any more: said below.
  }
  throw new SemblanceError(
    'not-available',
    'No server runs for this library. Start one with: semblance serve',
  );
}
