/** An HNSW index on disk: a cache beside a manifest, and only believed when both agree with the database. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';

const manifestSchema = v.strictObject({
  recipeKey: v.string(),
  dimension: v.number(),
  count: v.number(),
  generation: v.number(),
  /** Which state of the descriptors the index holds. */
  databaseStamp: v.string(),
  sizeBytes: v.number(),
  sha256: v.string(),
});

type IndexManifest = v.InferOutput<typeof manifestSchema>;
/** What a manifest must agree with. */
export type IndexIdentity = Omit<IndexManifest, 'sizeBytes' | 'sha256'>;

export function indexFile(folder: string): string {
  return join(folder, 'index.hnsw');
}

function manifestFile(folder: string): string {
  return join(folder, 'index.json');
}

/**
 * Whether the index file may be loaded. hnswlib ends the process on a damaged file and takes one of another
 * dimension without a word, so nothing is loaded that has not been checked to the last byte.
 */
export async function isUsable(folder: string, identity: IndexIdentity): Promise<boolean> {
  try {
    const manifest = v.parse(manifestSchema, JSON.parse(readFileSync(manifestFile(folder), 'utf8')));
    const agrees = (Object.keys(identity) as (keyof IndexIdentity)[]).every(
      (key) => manifest[key] === identity[key],
    );
    if (!agrees || statSync(indexFile(folder)).size !== manifest.sizeBytes) return false;
    return (await sha256OfFile(indexFile(folder))) === manifest.sha256;
  } catch {
    // No file, or none that can be read: the index is built anew.
    return false;
  }
}

/**
 * Puts a written index in its place: synced, then renamed, the manifest last. A crash in between leaves a manifest
 * that does not fit, and so an index that is built anew.
 * @param temporary the complete index, on the same disk
 */
export async function putInPlace(folder: string, temporary: string, identity: IndexIdentity): Promise<void> {
  const manifest: IndexManifest = {
    ...identity,
    sizeBytes: statSync(temporary).size,
    sha256: await sha256OfFile(temporary),
  };
  sync(temporary);
  renameSync(temporary, indexFile(folder));
  const temporaryManifest = `${manifestFile(folder)}.tmp`;
  writeFileSync(temporaryManifest, JSON.stringify(manifest));
  sync(temporaryManifest);
  renameSync(temporaryManifest, manifestFile(folder));
}

async function sha256OfFile(file: string): Promise<string> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(file), sha256);
  return sha256.digest('hex');
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
