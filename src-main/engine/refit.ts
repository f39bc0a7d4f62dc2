/** Gives a library its own fit once it is large enough, and renews it as the library grows. */
import type { PowerMeanLayout } from '../descriptor/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import { analyse } from './analysis.ts';
import { photosForOwnFit } from './generic-fit.ts';
import type { JobControl } from './jobs.ts';

/** A fit is renewed when the library has grown by this factor since: each renewal touches every descriptor. */
const growthForRenewal = 2;

/** Whether the generation in service should be followed by one with a new fit. */
export function needsRefit(library: Library, serving: StoredGeneration): boolean {
  if (serving.recipe.reduction.kind !== 'pca') return false;
  const photos = library.powerMeans.count(serving.extractionKey);
  if (photos < photosForOwnFit) return false;
  return serving.fit !== 'library' || photos >= growthForRenewal * serving.fittedOn;
}

/** Fits on the library's own photos; leaves a generation in the making, with the fit and no descriptors yet. */
export async function fitGeneration(
  library: Library,
  serving: StoredGeneration,
  layout: PowerMeanLayout,
  control: JobControl,
): Promise<void> {
  await control.checkpoint();
  control.report({ step: 'Learning from your photos', done: 0 });
  await analyse(
    { kind: 'fit', libraryPath: library.path, generation: serving, layout },
    control,
    (result) => {
      if (result.kind !== 'fit') return;
      const { encodedFit, fittedOn } = result;
      library.change(() => {
        library.generations.dropBuilding();
        library.generations.create(
          { ...serving, fit: 'library', encodedFit, fittedOn },
          'building',
          Date.now(),
        );
      });
    },
  );
}

/** Computes every descriptor of the generation in the making, and puts it in service. */
export async function buildGeneration(
  library: Library,
  building: StoredGeneration,
  layout: PowerMeanLayout,
  control: JobControl,
): Promise<void> {
  await control.checkpoint();
  const total = library.powerMeans.count(building.extractionKey);
  let done = library.generations.countDescriptors(building.id);
  control.report({ step: 'Rebuilding the index', done: 0, total });
  await analyse(
    { kind: 'describe', libraryPath: library.path, generation: building, layout },
    control,
    (result) => {
      if (result.kind !== 'descriptors') return;
      library.change(() => library.generations.addDescriptors(building.id, result.batch));
      done += result.batch.length;
      control.report({ done, total });
    },
  );
  library.generations.putInService(building.id);
}
