/** What the engine says of itself. */
import { type EngineStatus, modelNames } from '../contract/index.ts';
import { generationInfo } from '../library/index.ts';
import { exactCrossover, HnswTier } from '../search/index.ts';
import { computeThreads } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { version } from './version.ts';

export function engineStatus(engine: Engine, crossover = exactCrossover): EngineStatus {
  const { library, serving } = engine;
  const { available, reason } = HnswTier.available();
  return {
    version,
    node: process.versions.node,
    libraryPath: library.path,
    folders: library.folders.list().length,
    ...library.photos.counts(),
    generation: serving && generationInfo(serving.generation),
    search: { tier: serving?.tier ?? 'exact', crossover, hnswAvailable: available, hnswReason: reason },
    provider: engine.provider,
    threads: computeThreads(),
    model: modelNames(engine.recipe).join(' + '),
    watching: engine.watching.status(),
  };
}
