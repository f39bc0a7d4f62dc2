/** Profiles, with the time that each takes on this machine and these photos. */
import { type Job, type ProfileReport, profilesOf, SemblanceError } from '../contract/index.ts';
import { extractionOf } from '../descriptor/index.ts';
import { installedModels, machineStamp, type Vision } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import type { JobControl } from './job-run.ts';

/** Photos that are read by each profile to tell how long all of them take. */
export const photosToTime = 20;

export function profileReport(engine: Engine): ProfileReport {
  const { library, recipe } = engine;
  const times = library.profileTimes.get(stampOf(engine));
  return {
    profiles: profilesOf(
      recipe,
      installedModels().map(({ info }) => info),
    ).map((profile) => ({
      ...profile,
      secondsPerPhoto: times?.[profile.name] ?? null,
    })),
    photos: library.photos.contentCount(),
  };
}

/** Times hold for a model, its copies included, on a machine with what computes there. */
function stampOf({ recipe, provider }: Engine): string {
  const models = installedModels().map(({ info }) => info);
  const own = models.find(({ name }) => name === recipe.model);
  const copies = models.filter(({ eightBit }) => eightBit?.of === (own?.eightBit?.of ?? own?.name));
  const hashes = [own, ...copies].map((model) => model?.sha256 ?? '').sort();
  return [machineStamp(), provider, ...new Set(hashes)].join(' ');
}

/** Whether the times are known, or cannot be. */
export function knowsProfileTimes(engine: Engine): boolean {
  return engine.library.profileTimes.get(stampOf(engine)) !== null;
}

/** Reads the first photos by each profile. Photos that cannot be read tell nothing, and are passed over. */
export async function timeProfiles(
  engine: Engine,
  paths: readonly string[],
  control: JobControl,
): Promise<void> {
  const first = paths.slice(0, photosToTime);
  const profiles = profilesOf(
    engine.recipe,
    installedModels().map(({ info }) => info),
  );
  const secondsPerPhoto: Partial<Record<(typeof profiles)[number]['name'], number>> = {};
  control.report({ step: 'Timing the profiles', done: 0, total: profiles.length });
  for (const [done, { name, recipe }] of profiles.entries()) {
    await control.checkpoint();
    const vision = await engine.startVision(
      extractionOf(
        recipe,
        engine.modelsOf(recipe).map(({ info }) => info),
      ),
    );
    try {
      const seconds = await secondsToRead(vision, first);
      if (seconds !== null) secondsPerPhoto[name] = seconds;
    } finally {
      await vision.close();
    }
    control.report({ done: done + 1 });
  }
  engine.library.change(() => engine.library.profileTimes.set({ stamp: stampOf(engine), secondsPerPhoto }));
}

/** For each photo, all workers busy; null where none could be read. */
async function secondsToRead(vision: Vision, paths: readonly string[]): Promise<number | null> {
  // The first photo of each worker pays for what later ones find ready.
  await Promise.allSettled(
    paths.slice(0, vision.threads).map((path) => vision.extractFile(path, () => false)),
  );
  const startedMs = performance.now();
  const read = await Promise.allSettled(paths.map((path) => vision.extractFile(path, () => false)));
  const count = read.filter(({ status }) => status === 'fulfilled').length;
  return count === 0 ? null : (performance.now() - startedMs) / 1000 / count;
}

/** @throws SemblanceError `empty-library` */
export function startTimingProfiles(engine: Engine): { job: Job; ended: Promise<Job> } {
  const { photos } = engine.library;
  const paths = photos
    .contentIds()
    .slice(0, photosToTime)
    .flatMap((id) => photos.withContent(id).slice(0, 1))
    .map(({ path }) => path);
  if (paths.length === 0) {
    throw new SemblanceError(
      'empty-library',
      'There are no photos to time the profiles on. Add a folder first.',
    );
  }
  return engine.jobs.start('time-profiles', (control) => timeProfiles(engine, paths, control));
}
