/** What the engine says of itself. */
import { type EngineStatus, modelNames } from '../contract/index.ts';
import { generationInfo } from '../library/index.ts';
import { HnswTier } from '../search/index.ts';
import { computeThreads } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { version } from './version.ts';

export async function engineStatus(engine: Engine): Promise<EngineStatus> {
  const { library, serving } = engine;
  const { available, reason } = HnswTier.available();
  // A reader is asked once, and has not searched before; whoever writes is asked often, and looks at the first search.
  if (engine.options.access === 'read') await serving?.hnswReady();
  return {
    version,
    node: process.versions.node,
    libraryPath: library.path,
    folders: library.folders.count(),
    ...library.photos.counts(),
    generation: serving && generationInfo(serving.generation),
    search: {
      tier: serving?.tier ?? 'exact',
      crossover: serving?.crossover ?? null,
      hnswAvailable: available,
      hnswReason: reason,
      note: serving?.note ?? null,
    },
    provider: engine.provider,
    threads: computeThreads(),
    model: modelNames(engine.recipe).join(' + '),
    watching: engine.watching.status(),
  };
}
