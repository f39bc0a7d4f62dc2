/** Indexes a folder into a library of its own, as the product does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';

export interface IndexRun {
  seconds: number;
  provider: string;
}

/**
 * @param root where the library is made, and deleted again
 * @param workers threads that read photos; the product's own choice by default
 */
export async function indexPhotos(
  recipe: Recipe,
  photos: string,
  count: number,
  root: string,
  workers?: number,
): Promise<IndexRun> {
  const libraryPath = mkdtempSync(join(root, 'library-'));
  const engine = Engine.open({
    libraryPath,
    access: 'write',
    ...(workers === undefined ? {} : { workers }),
  });
  try {
    engine.adopt(recipe);
    await engine.jobs.idle();
    const added = await engine.call('addFolder', { path: photos });
    // Trying devices and loading the model are paid once, not once a photo.
    if ((await engine.call('devices', {})).length === 0) await engine.call('probeDevices', {});
    await engine.vision();
    const { provider } = engine;
    const { summary, error } = await engine.index([added]).ended;
    if (summary?.indexed !== count) throw new Error(error?.message ?? 'not every photo was indexed');
    return { seconds: summary.seconds, provider };
  } finally {
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}
