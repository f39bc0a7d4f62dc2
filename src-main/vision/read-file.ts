/** Reading a file once, whole, and as one version of it. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { maxPhotoBytes, messageOf, type PhotoProblemCode, SemblanceError } from '../contract/index.ts';

export interface FileContent {
  bytes: Uint8Array;
  modifiedAtMs: number;
}

/** Opening a pipe would wait for somebody to write into it; Windows has neither such pipes nor the flag. */
const openFlags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** @throws SemblanceError `not-a-file`, `path-too-long`, `unreadable`, `too-large` or `changed-while-reading` */
export async function readPhotoFile(path: string): Promise<FileContent> {
  try {
    const file = await open(path, openFlags);
    // The Node inside an older Electron knows no files that close themselves.
    try {
      return await readOpen(file, path);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SemblanceError) throw cause;
    throw readingProblem(cause, path);
  }
}

async function readOpen(file: FileHandle, path: string): Promise<FileContent> {
  const before = await file.stat();
  if (!before.isFile()) throw notAFile(path);
  if (before.size > maxPhotoBytes) {
    const size = Math.round(before.size / 2 ** 20);
    throw problem(path, 'too-large', `The file has ${size} MiB; up to 256 can be read. Make it smaller.`);
  }
  // No more than it was said to have, however fast it grows.
  const bytes = Buffer.allocUnsafe(before.size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length, length));
  }
  const after = await file.stat();
  if (after.mtimeMs !== before.mtimeMs || after.size !== before.size || length !== before.size) {
    throw problem(
      path,
      'changed-while-reading',
      'The file was being written. Index again when it is complete.',
      true,
    );
  }
  return { bytes, modifiedAtMs: before.mtimeMs };
}

function readingProblem(cause: unknown, path: string): SemblanceError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'EISDIR' || code === 'ENXIO') return notAFile(path, cause);
  if (code === 'ENAMETOOLONG') {
    return problem(
      path,
      'path-too-long',
      'The path of the file is longer than this system can open. Shorten the names of its folders.',
      false,
      cause,
    );
  }
  const detail = messageOf(cause);
  return problem(
    path,
    'unreadable',
    `The file cannot be read (${detail}). Check its permissions and its drive.`,
    true,
    cause,
  );
}

function notAFile(path: string, cause?: unknown): SemblanceError {
  return problem(
    path,
    'not-a-file',
    'This is a folder, a pipe or a device, and no file. Name it differently, or leave it out.',
    false,
    cause,
  );
}

function problem(
  photo: string,
  code: PhotoProblemCode,
  message: string,
  retryable = false,
  cause?: unknown,
): SemblanceError {
  return new SemblanceError(code, message, { photo, retryable, cause });
}
