/** An engine with a library of some photos of a folder, as a person would have it after indexing them. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src-main/engine/index.ts';
import { isPhotoName } from '../../src-main/contract/index.ts';

export interface EngineOfPhotos {
  engine: Engine;
  /** Ids of the photos. */
  photoIds: number[];
  close: () => Promise<void>;
}

/** @param most photos, evenly taken of all that there are; more would only take longer to index */
export async function engineOfPhotos(folder: string, most: number): Promise<EngineOfPhotos> {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}. Name one with photos.`);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isPhotoName)
    .sort()
    .filter((_, i, all) => i % Math.max(1, Math.floor(all.length / most)) === 0)
    .slice(0, most);
  const root = mkdtempSync(join(tmpdir(), 'semblance-bench-'));
  const photos = join(root, 'photos');
  files.forEach((file, i) =>
    cpSync(join(folder, file), join(photos, `${i}-${file.replaceAll(/[\\/]/g, '-')}`)),
  );
  const engine = Engine.open({ libraryPath: join(root, 'library'), access: 'write' });
  const close = async (): Promise<void> => {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await engine.call('addFolder', { path: photos });
    await engine.index(engine.library.folders.toScan()).ended;
    await engine.jobs.idle();
    await engine.renewVision();
    const indexed = await engine.call('photos', { offset: 0, limit: most, order: 'path' });
    return { engine, photoIds: indexed.photos.map(({ id }) => id), close };
  } catch (error) {
    await close();
    throw error;
  }
}
