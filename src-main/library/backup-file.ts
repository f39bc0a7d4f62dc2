/**
 * A small file beside the catalogue that holds all decisions: what cannot be computed again. One line says what it is
 * and guards the other, which holds them.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { SemblanceError } from '../contract/index.ts';
import { savedSearchesSchema } from './saved-searches-backup.ts';

const formatVersion = 1;
/** Enough for the first line. */
const headerLength = 1000;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const headerSchema = v.object({
  format: v.literal('semblance decisions'),
  version: whole,
  libraryId: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  /** Counts decisions: of two copies of one library, the higher one is newer. */
  revision: whole,
  savedAtMs: whole,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const hash = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const places = v.array(whole);
const bodySchema = v.object({
  /** Of all pictures that something is said of; everything else names them by their place here. */
  hashes: v.array(hash),
  tags: v.array(v.object({ tag: v.string(), present: v.picklist([0, 1]), pictures: places })),
  ratings: v.array(
    v.object({ rating: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)), pictures: places }),
  ),
  notDuplicates: v.array(v.tuple([whole, whole])),
  /** As in the catalogue, and checked when they are read: a recipe of a later program must not cost the tags. */
  recipe: v.unknown(),
  pastRecipes: v.array(v.object({ recipe: v.unknown(), endedAtMs: v.number() })),
  folders: v.array(v.object({ path: v.string(), patterns: v.string(), followLinks: v.picklist([0, 1]) })),
  /** Files that are kept among their duplicates. Left out by programs that knew none. */
  kept: v.optional(v.array(v.object({ picture: whole, paths: v.array(v.string()) }))),
  /** Left out by programs that knew none. */
  savedSearches: v.optional(savedSearchesSchema),
});

export type BackupHeader = Pick<v.InferOutput<typeof headerSchema>, 'libraryId' | 'revision' | 'savedAtMs'>;
export type BackupBody = v.InferOutput<typeof bodySchema>;
export interface Backup extends BackupHeader {
  body: BackupBody;
}

function currentFile(folder: string): string {
  return join(folder, 'decisions.json');
}

function previousFile(folder: string): string {
  return join(folder, 'decisions.previous.json');
}

/** Which state the latest backup holds, without reading all of it; null when there is none that can be read. */
export function backupHeader(folder: string): BackupHeader | null {
  try {
    return headerOf(firstBytes(currentFile(folder)));
  } catch (error) {
    if (error instanceof SemblanceError) throw error;
    return null;
  }
}

/**
 * The latest backup that is whole: the current one, or else the one before.
 * @throws SemblanceError `library-newer` for one that a newer program wrote
 */
export function readBackup(folder: string): Backup | null {
  return readOne(currentFile(folder)) ?? readOne(previousFile(folder));
}

/** Writes a backup in the place of the current one, which is kept as the one before if it is whole. */
export function writeBackup(folder: string, { body, ...header }: Backup): void {
  const text = JSON.stringify(body);
  const full = { format: 'semblance decisions', version: formatVersion, ...header, sha256: sha256(text) };
  const temporary = `${currentFile(folder)}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(full)}\n${text}\n`, { flush: true });
    if (readOne(currentFile(folder)) !== null) renameSync(currentFile(folder), previousFile(folder));
    renameSync(temporary, currentFile(folder));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Moves backups aside that cannot be read, so that none of what they hold is overwritten. */
export function setDamagedBackupsAside(folder: string): void {
  for (const file of [currentFile(folder), previousFile(folder)]) {
    if (existsSync(file)) renameSync(file, `${file}.damaged-${Date.now()}`);
  }
}

/** @throws SemblanceError `library-newer` */
function readOne(file: string): Backup | null {
  try {
    const text = readFileSync(file, 'utf8');
    const { sha256: wanted, libraryId, revision, savedAtMs } = headerOf(text);
    const body = text.slice(text.indexOf('\n') + 1).trimEnd();
    if (sha256(body) !== wanted) return null;
    return { libraryId, revision, savedAtMs, body: v.parse(bodySchema, JSON.parse(body)) };
  } catch (error) {
    if (error instanceof SemblanceError) throw error;
    return null;
  }
}

function headerOf(text: string): v.InferOutput<typeof headerSchema> {
  const header = v.parse(headerSchema, JSON.parse(text.slice(0, text.indexOf('\n'))));
  if (header.version <= formatVersion) return header;
  throw new SemblanceError(
    'library-newer',
    'The backup of your tags and ratings was made by a newer Semblance. Update Semblance to open this library.',
  );
}

function firstBytes(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(headerLength);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, headerLength, 0));
  } finally {
    closeSync(descriptor);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Without it, a power cut may forget that the file was renamed. Windows has no such thing, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
