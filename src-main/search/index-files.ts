/**
 * The HNSW index on disk: a file for each shard and a manifest that names them, written last. It is a cache, and only
 * believed where all of it agrees with the database, and this machine wrote it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { isSealOf, sealOf } from '../vision/index.ts';
import { scratchPattern } from './file-rows.ts';

const shardFileSchema = v.strictObject({
  // Nothing but a name: it must not lead out of the folder.
  name: v.pipe(v.string(), v.regex(/^index-[a-z0-9]+-\d+\.hnsw$/)),
  /** Vectors in the graph, with those that were deleted and only lead to others. */
  elements: v.number(),
  sizeBytes: v.number(),
  sha256: v.string(),
});

const manifestSchema = v.strictObject({
  format: v.literal(3),
  recipeKey: v.string(),
  dimension: v.number(),
  count: v.number(),
  generation: v.number(),
  /** Which state of the descriptors the index holds. */
  databaseStamp: v.string(),
  shards: v.pipe(v.array(shardFileSchema), v.minLength(1)),
  /** Of all of the above: nobody else's index is loaded. */
  seal: v.string(),
});

export type ShardFile = v.InferOutput<typeof shardFileSchema>;
type Manifest = v.InferOutput<typeof manifestSchema>;
/** What a manifest must agree with. */
export type IndexIdentity = Omit<Manifest, 'format' | 'shards' | 'seal'>;

/** Whatever belongs to an index, also of earlier versions and of processes that were killed. */
const ownFiles = /^index(-[a-z0-9-]+)?\.(hnsw|json)(\.\w+)*$/;

const manifestFile = (folder: string): string => join(folder, 'index.json');
/** Stands while an index is being loaded, in case that ends the process. */
const loadingMark = (folder: string): string => join(folder, 'index-loading');

export type StoredIndex = { shards: ShardFile[] } | { problem: string | null };

/** The files of an index that fits, or why there is none; null where none was ever written. */
export function findIndex(folder: string, identity: IndexIdentity, access: 'read' | 'write'): StoredIndex {
  if (existsSync(loadingMark(folder))) {
    const ended = 'Semblance ended while it was being loaded';
    return { problem: access === 'write' ? ended : `another Semblance is loading it, or ${ended}` };
  }
  let text: string;
  try {
    text = readFileSync(manifestFile(folder), 'utf8');
  } catch {
    const remains = readdirSync(folder).some((name) => ownFiles.test(name));
    return { problem: remains ? 'its manifest is missing' : null };
  }
  const manifest = v.safeParse(manifestSchema, parsed(text));
  if (!manifest.success) return { problem: 'its manifest cannot be read' };
  const problem = disagreement(manifest.output, identity) ?? unsealed(manifest.output);
  return problem === null ? { shards: manifest.output.shards } : { problem };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function disagreement(manifest: Manifest, wanted: IndexIdentity): string | null {
  if (manifest.recipeKey !== wanted.recipeKey) return 'it was made by another recipe';
  if (manifest.generation !== wanted.generation) return 'it is of another generation of descriptors';
  if (manifest.dimension !== wanted.dimension)
    return `it is of ${manifest.dimension} dimensions instead of ${wanted.dimension}`;
  if (manifest.count !== wanted.count) return `it holds ${manifest.count} photos instead of ${wanted.count}`;
  if (manifest.databaseStamp !== wanted.databaseStamp) return 'photos came or went after it was written';
  return null;
}

/** hnswlib ends the process, or worse, with a file that was made to that end; no checksum of its own tells. */
function unsealed({ seal, ...sealed }: Manifest): string | null {
  return isSealOf(JSON.stringify(sealed), seal) ? null : 'it was not written on this machine';
}

/**
 * Makes written shards the index: a crash at any moment leaves the one before or the new one.
 * @param shards synced already
 */
export function putInPlace(folder: string, identity: IndexIdentity, shards: ShardFile[]): void {
  const sealed: Omit<Manifest, 'seal'> = v.parse(v.omit(manifestSchema, ['seal']), {
    format: 3,
    ...identity,
    shards,
  });
  const manifest: Manifest = { ...sealed, seal: sealOf(JSON.stringify(sealed)) };
  const temporary = `${manifestFile(folder)}.tmp`;
  writeFileSync(temporary, JSON.stringify(manifest), { flush: true });
  renameSync(temporary, manifestFile(folder));
  syncFolder(folder);
  removeRemains(
    folder,
    shards.map(({ name }) => name),
  );
}

/**
 * Deletes what does not belong to the index, and what killed processes have left. For the library's writer only.
 * @param shards files of the index; the manifest goes, too, where there are none
 */
export function removeRemains(folder: string, shards: readonly string[]): void {
  const kept = shards.length > 0 ? ['index.json', ...shards] : [];
  for (const name of readdirSync(folder)) {
    const isRemains = ownFiles.test(name) && !kept.includes(name);
    // Where it is still open, as a file may be on Windows, it goes the next time.
    if (isRemains || scratchPattern.test(name)) tryTo(() => rmSync(join(folder, name)));
  }
}

/** Remembers in the folder that an index is being loaded. */
export function markLoading(folder: string): void {
  tryTo(() => writeFileSync(loadingMark(folder), ''));
}

export function clearLoadingMark(folder: string): void {
  tryTo(() => rmSync(loadingMark(folder), { force: true }));
}

export function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes renamings last. Windows has no such thing for folders. */
function syncFolder(folder: string): void {
  tryTo(() => {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // None of these is needed for the index to be right.
  }
}
