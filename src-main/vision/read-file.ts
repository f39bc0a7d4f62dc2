/** Reading a file once, whole, and as one version of it. */
import { open } from 'node:fs/promises';
import { maxPhotoBytes, SemblanceError } from '../contract/index.ts';

export interface FileContent {
  bytes: Uint8Array;
  modifiedAtMs: number;
}

/** @throws SemblanceError `unreadable`, `too-large` or `changed-while-reading` */
export async function readPhotoFile(path: string): Promise<FileContent> {
  try {
    await using file = await open(path, 'r');
    const before = await file.stat();
    if (before.size > maxPhotoBytes) {
      const size = Math.round(before.size / 2 ** 20);
      throw new SemblanceError(
        'too-large',
        `The file has ${size} MiB; up to 256 can be read. Make it smaller.`,
        {
          photo: path,
        },
      );
    }
    const bytes = await file.readFile();
    const after = await file.stat();
    if (after.mtimeMs !== before.mtimeMs || bytes.length !== before.size) {
      throw new SemblanceError(
        'changed-while-reading',
        'The file was being written. Index again when it is complete.',
        {
          photo: path,
          retryable: true,
        },
      );
    }
    return { bytes, modifiedAtMs: before.mtimeMs };
  } catch (cause) {
    if (cause instanceof SemblanceError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SemblanceError(
      'unreadable',
      `The file cannot be read (${detail}). Check its permissions and its drive.`,
      {
        photo: path,
        retryable: true,
        cause,
      },
    );
  }
}
