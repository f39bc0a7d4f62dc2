/** The file of a picture that is in the library, for what can only be taken from the full picture. */
import { createHash } from 'node:crypto';
import { SemblanceError } from '../contract/index.ts';
import type { Library } from '../library/index.ts';
import { type NamedBytes, readPhotoFile } from '../vision/index.ts';

/**
 * Reads it from the first of its files that can be read and still holds it.
 * @param advice what to do where all are on drives that are away
 * @throws SemblanceError `not-available` where all are on drives that are away, `changed-while-reading` where they hold
 *   something else by now, or why they cannot be read
 */
export async function readPicture(
  { photos }: Pick<Library, 'photos'>,
  content: { id: number; hash: string },
  advice = 'Connect the drive.',
): Promise<NamedBytes> {
  const files = photos.withContent(content.id);
  const here = files.filter(({ offline }) => !offline);
  if (here.length === 0) {
    throw new SemblanceError(
      'not-available',
      `${files.at(0)?.path ?? 'The photo'} is on a drive that is not there, and this needs the full picture. ${advice}`,
    );
  }
  let problem: unknown;
  for (const { path, name } of here) {
    try {
      const { bytes } = await readPhotoFile(path);
      if (createHash('sha256').update(bytes).digest('hex') === content.hash) return { bytes, name };
      problem = new SemblanceError(
        'changed-while-reading',
        `${path} has changed since it was indexed. Index its folder again.`,
        { photo: path, retryable: true },
      );
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}
