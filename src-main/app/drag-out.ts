/** Dragging photos out of the window, as files for other programs. */
import { access } from 'node:fs/promises';
import { type NativeImage, nativeImage, type WebContents } from 'electron';
import { type CallCommand, type DragOutcome, SemblanceError } from '../contract/index.ts';

/** Longer side of the picture under the pointer. */
const iconSide = 96;

/**
 * Hands the photos' files to the system's drag and drop, for which the button must still be down. Files that are not there stay
 * behind.
 * @param photoIds the first is the one under the pointer
 * @throws SemblanceError `not-available` where no file is there
 */
export async function dragOut(
  call: CallCommand,
  contents: WebContents,
  photoIds: number[],
): Promise<DragOutcome> {
  const [photos, { bytes }] = await Promise.all([
    call('photosById', { photoIds }),
    call('thumbnail', { photoId: photoIds[0] }),
  ]);
  const looked = await Promise.all(
    photos.map(async ({ path, offline }) => ({ path, isThere: !offline && (await isThere(path)) })),
  );
  const files = looked.filter((file) => file.isThere).map(({ path }) => path);
  const missing = looked.filter((file) => !file.isThere).map(({ path }) => path);
  if (files.length === 0) throw nothingThere(missing);
  contents.startDrag({ file: files[0], files, icon: iconOf(bytes) });
  return { dragged: files.length, missing };
}

function nothingThere(missing: string[]): SemblanceError {
  const what =
    missing.length === 1
      ? `The file of ${missing[0]} is not there at the moment.`
      : 'None of the files is there at the moment.';
  return new SemblanceError('not-available', `${what} Connect the drive, or index the folder again.`);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function iconOf(thumbnail: Uint8Array): NativeImage {
  const image = nativeImage.createFromBuffer(Buffer.from(thumbnail));
  const { width, height } = image.getSize();
  return image.resize(width > height ? { width: iconSide } : { height: iconSide });
}
