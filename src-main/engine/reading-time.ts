/** How long reading a photo takes, measured on a few. */
import type { Extraction } from '../descriptor/index.ts';
import type { Engine } from './engine.ts';

/** Files of the library's first pictures. */
export function firstPaths({ library }: Engine, count: number): string[] {
  return library.contents
    .ids()
    .slice(0, count)
    .flatMap((id) => library.photos.withContent(id).slice(0, 1))
    .map(({ path }) => path);
}

/**
 * For each photo, all workers busy.
 * @param signal ends it
 * @returns null where no photo could be read
 */
export async function secondsPerPhoto(
  engine: Engine,
  extraction: Extraction,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<number | null> {
  const vision = await engine.readers.start(extraction);
  const end = (): void => void vision.close();
  signal?.addEventListener('abort', end);
  try {
    // The first photo of each worker pays for what later ones find ready.
    await Promise.allSettled(
      paths.slice(0, vision.threads).map((path) => vision.extractFile(path, () => false)),
    );
    const startedMs = performance.now();
    const read = await Promise.allSettled(paths.map((path) => vision.extractFile(path, () => false)));
    const count = read.filter(({ status }) => status === 'fulfilled').length;
    return count === 0 ? null : (performance.now() - startedMs) / 1000 / count;
  } finally {
    signal?.removeEventListener('abort', end);
    await vision.close();
  }
}
