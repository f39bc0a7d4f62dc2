/** One shard's file: verified before hnswlib sees it, which ends the process on some damaged files. */
import { createHash } from 'node:crypto';
import { closeSync, linkSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { messageOf } from '../contract/index.ts';
import { type ShardFile, sync } from './index-files.ts';

/**
 * Lets a verified file be loaded.
 * @returns why it is not to be believed, or null once it is loaded
 */
export async function loadVerified(
  folder: string,
  file: ShardFile,
  dimension: number,
  load: (path: string) => void,
): Promise<string | null> {
  const named = join(folder, file.name);
  const own = `${named}.${process.pid}t${threadId}`;
  const path = tryToLink(named, own);
  try {
    const before = stampOf(path);
    if (before === null) return `${file.name} is missing`;
    const { size } = statSync(path);
    if (size !== file.sizeBytes) return `${file.name} has ${size} bytes instead of ${file.sizeBytes}`;
    if ((await sha256OfFile(path)) !== file.sha256) return `${file.name} is not what was written to it`;
    if (!isShaped(path, dimension, file.elements)) return `${file.name} holds other vectors than it should`;
    load(path);
    return stampOf(path) === before ? null : `${file.name} changed while it was loaded`;
  } catch (error) {
    return `${file.name} could not be loaded (${messageOf(error)})`;
  } finally {
    rmSync(own, { force: true });
  }
}

/** A second name for the same bytes: whatever takes the place of the first one, this is what was verified. */
function tryToLink(named: string, own: string): string {
  try {
    linkSync(named, own);
    return own;
  } catch {
    // Not on every file system, and not for readers of a folder that is read-only.
    return named;
  }
}

/** Changes when the file is written to. */
function stampOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : null;
}

const headerBytes = 96;

/**
 * Whether a file's header tells of such vectors: hnswlib takes those of another dimension without a word. The header is
 * hnswlib's own (hnswalg.h, saveIndex) on a 64-bit little-endian machine.
 */
function isShaped(path: string, dimension: number, elements: number): boolean {
  const header = new DataView(new ArrayBuffer(headerBytes));
  const descriptor = openSync(path, 'r');
  try {
    if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes) return false;
  } finally {
    closeSync(descriptor);
  }
  const numberAt = (offset: number): number => Number(header.getBigUint64(offset, true));
  const mostLinks = numberAt(64);
  return numberAt(16) === elements && numberAt(24) === 4 * mostLinks + 4 + 4 * dimension + 8;
}

/** Syncs a written shard and describes it. @throws Error when the disk was too full for all of it */
export async function describeWritten(
  folder: string,
  name: string,
  dimension: number,
  elements: number,
): Promise<ShardFile> {
  const path = join(folder, name);
  sync(path);
  const { size } = statSync(path);
  // hnswlib does not notice that writing failed.
  if (size < headerBytes + elements * (4 * dimension + 12)) {
    rmSync(path, { force: true });
    throw new Error('the disk is full');
  }
  return { name, elements, sizeBytes: size, sha256: await sha256OfFile(path) };
}

/**
 * Through one buffer: a stream's many wait for the garbage collector in the memory of the thread, which keeps it for good
 * (measured: 66 MB in each).
 */
async function sha256OfFile(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return sha256.digest('hex');
      sha256.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
