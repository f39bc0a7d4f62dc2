/** Reads a photo that was named on the command line: a file, a data URL, or what comes over standard input. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Example, maxPhotoBytes, SemblanceError } from '../contract/index.ts';

/** An example that is no photo of the library's, or not known to be one. */
export type PictureExample = Extract<Example, { kind: 'bytes' }>;

/** @throws SemblanceError `not-found`, `unreadable`, `too-large`, `not-a-photo`, `invalid-arguments` */
export async function readExample(source: string): Promise<PictureExample> {
  if (source === '-') return fromStandardInput();
  if (/^data:/i.test(source)) return fromDataUrl(source);
  return fromFile(source);
}

async function fromFile(path: string): Promise<PictureExample> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isFile()) {
    throw new SemblanceError('not-found', `There is no file ${path}. Check the path.`, { photo: path });
  }
  if (stats.size > maxPhotoBytes) throw tooLarge(path);
  if (stats.size === 0) throw empty(path);
  try {
    return { kind: 'bytes', name: basename(path), bytes: new Uint8Array(await readFile(path)) };
  } catch (cause) {
    throw new SemblanceError('unreadable', `${path} cannot be read. Check its permissions.`, { cause });
  }
}

async function fromStandardInput(): Promise<PictureExample> {
  const name = 'standard input';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxPhotoBytes) throw tooLarge(name);
  }
  if (length === 0) throw empty(name);
  return { kind: 'bytes', name, bytes: new Uint8Array(Buffer.concat(chunks)) };
}

/** RFC 2397, of which pictures use the form `data:[media type];base64,data`. */
function fromDataUrl(url: string): PictureExample {
  const name = 'data URL';
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  const isBase64 = /;base64\s*$/i.test(url.slice(0, comma));
  if (comma < 0 || !isBase64 || !/^[\w+/-]*={0,2}$/.test(data)) {
    throw new SemblanceError(
      'invalid-arguments',
      'The data URL cannot be read. It looks like data:image/jpeg;base64,…',
    );
  }
  // Both alphabets of base 64 are read.
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  if (bytes.length > maxPhotoBytes) throw tooLarge(name);
  if (bytes.length === 0) throw empty(name);
  return { kind: 'bytes', name, bytes };
}

function tooLarge(photo: string): SemblanceError {
  return new SemblanceError('too-large', `${photo} is larger than 256 MiB.`, { photo });
}

function empty(photo: string): SemblanceError {
  return new SemblanceError('not-a-photo', `${photo} is empty. Choose a photo.`, { photo });
}
