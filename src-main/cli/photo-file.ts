/** Reads a photo that was named on the command line. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Example, maxPhotoBytes, SemblanceError } from '../contract/index.ts';

/** @throws SemblanceError `not-found`, `unreadable`, `too-large` */
export async function readExample(path: string): Promise<Extract<Example, { kind: 'bytes' }>> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isFile()) {
    throw new SemblanceError('not-found', `There is no file ${path}. Check the path.`, { photo: path });
  }
  if (stats.size > maxPhotoBytes) {
    throw new SemblanceError('too-large', `${path} is larger than 256 MiB.`, { photo: path });
  }
  if (stats.size === 0) {
    throw new SemblanceError('not-a-photo', `${path} is empty. Choose a photo.`, { photo: path });
  }
  try {
    return { kind: 'bytes', name: basename(path), bytes: new Uint8Array(await readFile(path)) };
  } catch (cause) {
    throw new SemblanceError('unreadable', `${path} cannot be read. Check its permissions.`, { cause });
  }
}
