/** What a file contains now, by its hash. */
import { createHash } from 'node:crypto';
import { readPhotoFile } from './read-file.ts';

/** @throws SemblanceError with the reason why the file cannot be read */
export async function fileHash(
  path: string,
): Promise<{ hash: string; sizeBytes: number; modifiedAtMs: number }> {
  const { bytes, modifiedAtMs } = await readPhotoFile(path);
  return { hash: contentHash(bytes), sizeBytes: bytes.length, modifiedAtMs };
}

/** What pictures are known by. */
export function contentHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
