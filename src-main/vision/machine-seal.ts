/** Tells what this machine wrote from what came from elsewhere. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keepFile, keptFile } from './kept-file.ts';

/** Lies in the models' folder, which goes with no library. */
const storeName = 'seal-key';
const keyPattern = /^[0-9a-f]{64}$/;

/** Where the folder cannot be written, it counts for as long as the process lives. */
let ownKey: string | undefined;

/** Of a text, hexadecimal: only who has this machine's key can make it (HMAC-SHA-256, RFC 2104). */
export function sealOf(text: string): string {
  return createHmac('sha256', key()).update(text).digest('hex');
}

export function isSealOf(text: string, seal: string): boolean {
  const [wanted, given] = [Buffer.from(sealOf(text)), Buffer.from(seal)];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function key(): string {
  const stored = storedKey();
  if (stored !== null) return stored;
  if (ownKey === undefined) {
    ownKey = randomBytes(32).toString('hex');
    keepFile(storeName, ownKey);
  }
  return storedKey() ?? ownKey;
}

function storedKey(): string | null {
  try {
    const text = readFileSync(keptFile(storeName), 'utf8');
    return keyPattern.test(text) ? text : null;
  } catch {
    return null;
  }
}
