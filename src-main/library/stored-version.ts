/** Tells the schema version of a catalogue from its bytes alone: opening it would already write beside it. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Where SQLite keeps `user_version` in the first page (sqlite.org/fileformat2.html, §1.3). */
const versionOffset = 60;
const databaseMagic = Buffer.from('SQLite format 3\0');
const walMagics = [0x377f0682, 0x377f0683];
const walHeaderLength = 32;
const frameHeaderLength = 24;

/** Reads so many bytes at a place; null where the file ends before. */
type Reader = (offset: number, length: number) => Buffer | null;

/**
 * @param file a database whose write-ahead log, if there is one, lies beside it
 * @returns 0 when there is no database, or none that has a header
 */
export function storedVersion(file: string): number {
  return reading(`${file}-wal`, versionInLog) ?? reading(file, versionInHeader) ?? 0;
}

function versionInHeader(read: Reader): number | null {
  // What is no database, or a damaged one, is nobody's newer one.
  if (!read(0, 16)?.equals(databaseMagic)) return null;
  return read(versionOffset, 4)?.readUInt32BE() ?? null;
}

/** The version that the latest committed first page in a log has (§4); null when it holds none. */
function versionInLog(read: Reader): number | null {
  const header = read(0, walHeaderLength);
  if (!header || !walMagics.includes(header.readUInt32BE())) return null;
  const pageLength = header.readUInt32BE(8);
  const salts = header.subarray(16, 24);
  let committed: number | null = null;
  let written: number | null = null;
  for (let at = walHeaderLength; ; at += frameHeaderLength + pageLength) {
    const frame = read(at, frameHeaderLength);
    // Frames of an earlier round of the log have other salts, and end it.
    if (!frame?.subarray(8, 16).equals(salts)) return committed;
    if (frame.readUInt32BE(0) === 1) {
      written = read(at + frameHeaderLength + versionOffset, 4)?.readUInt32BE() ?? written;
    }
    if (frame.readUInt32BE(4) > 0) committed = written;
  }
}

function reading<Result>(file: string, action: (read: Reader) => Result): Result | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    // What cannot be read is said when it is opened.
    return null;
  }
  try {
    return action((offset, length) => {
      const bytes = Buffer.alloc(length);
      return readSync(descriptor, bytes, 0, length, offset) === length ? bytes : null;
    });
  } finally {
    closeSync(descriptor);
  }
}
