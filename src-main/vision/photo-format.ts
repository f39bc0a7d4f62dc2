/** Which files are photos, by name and by content. */
import path from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { SemblanceError } from '../contract/index.ts';
import { rawFormatOf } from './raw-preview.ts';

/** With the dot, in lower case. */
export const photoExtensions: ReadonlySet<string> = new Set(
  [
    ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.heic', '.heif', '.hif'],
    ['.cr2', '.cr3', '.nef', '.arw', '.dng', '.raf', '.orf', '.rw2'],
  ].flat(),
);

/** How messages name them. */
const readable = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC';

/** Formats by the extension that belongs to their content. */
const formats: Partial<Record<string, string>> = {
  jpg: 'jpeg',
  png: 'png',
  apng: 'png',
  webp: 'webp',
  gif: 'gif',
  tif: 'tiff',
  avif: 'avif',
  heic: 'heic',
  cr3: 'cr3',
  // What else of raw files has the structure of TIFF is told by its directories, better than by its first bytes.
  cr2: 'tiff',
  nef: 'tiff',
  arw: 'tiff',
  dng: 'tiff',
};

/** Whether a file's name says that it is a photo. */
export function isPhotoName(file: string): boolean {
  return photoExtensions.has(path.extname(file).toLowerCase());
}

/**
 * The format of a photo, decided by its content alone.
 * @throws SemblanceError `empty-file` or `unsupported-format` for what is a photo by name only, `not-a-photo` for
 *   what is none by name either
 */
export async function photoFormat(bytes: Uint8Array, name: string): Promise<string> {
  const type = bytes.length === 0 ? undefined : await fileTypeFromBuffer(bytes);
  const format = rawFormatOf(bytes) ?? (type && formats[type.ext]);
  if (format !== undefined) return format;
  if (!isPhotoName(name)) {
    throw new SemblanceError(
      'not-a-photo',
      `'${name}' is not a photo. Choose a ${readable} or camera raw file.`,
      {
        photo: name,
      },
    );
  }
  if (bytes.length === 0) {
    throw new SemblanceError('empty-file', 'The file is empty. Copy it again from where it came from.', {
      photo: name,
    });
  }
  const found = type === undefined ? 'no known picture format' : `of type ${type.mime}`;
  throw new SemblanceError(
    'unsupported-format',
    `The content is ${found}. Convert it to one of ${readable}.`,
    { photo: name },
  );
}
