/** Profiles, with the time that each takes on this machine and these photos. */
import {
  type CommandArguments,
  type Job,
  type Profile,
  type ProfileName,
  type ProfileReport,
  profilesOf,
  SemblanceError,
} from '../contract/index.ts';
import { type Extraction, extractionKey, extractionOf } from '../descriptor/index.ts';
import { withoutLearning } from '../learn/index.ts';
import { installedModels, machineStamp, processor } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import type { JobControl } from './job-run.ts';
import { firstPaths, secondsPerPhoto } from './reading-time.ts';
import { modelsOfRecipe } from './recipe-models.ts';

/** Photos that are read by each profile to tell how long all of them take. */
const photosToTime = 20;
/** Files from which on it is worth knowing what faster and slower ways would take. */
const filesWorthTiming = 24 * photosToTime;

export function profileReport(engine: Engine): ProfileReport {
  const { library } = engine;
  const profiles = profilesInUse(engine);
  const times = library.profileTimes.get(stampOf(engine, profiles));
  return {
    profiles: profiles.map((profile) => ({ ...profile, secondsPerPhoto: times?.[profile.name] ?? null })),
    photos: library.contents.count(),
  };
}

function profilesInUse({ recipe, provider }: Engine): Profile[] {
  return profilesOf(
    recipe,
    installedModels().map(({ info }) => info),
    provider === processor,
  );
}

/** What a profile asks of the networks. What attention asks for takes as long as the average in its place. */
function extractionOfProfile({ recipe }: Profile): Extraction {
  return extractionOf(
    withoutLearning(recipe),
    modelsOfRecipe(recipe).map(({ info }) => info),
  );
}

/** What times hold for: what is computed, by what, on which machine. */
function stampOf(engine: Engine, profiles: readonly Profile[]): string {
  const keys = profiles.map((profile) => extractionKey(extractionOfProfile(profile)));
  return [machineStamp(), engine.provider, ...keys].join(' ');
}

/**
 * Times the profiles while many files are still to be read, unless their times are known.
 * @throws SemblanceError `cancelled`
 */
export async function timeProfilesOnce(
  engine: Engine,
  paths: readonly string[],
  filesLeft: number,
  control: JobControl,
): Promise<void> {
  if (paths.length === 0 || filesLeft < filesWorthTiming) return;
  if (engine.library.profileTimes.get(stampOf(engine, profilesInUse(engine)))) return;
  // Two networks in memory at once would slow each other down.
  await engine.renewVision();
  await timeProfiles(engine, paths, control);
}

/**
 * Reads photos by each profile. Photos that cannot be read tell nothing, and are passed over, as is a profile that cannot
 * be computed: nobody has asked for it.
 * @throws SemblanceError `cancelled`
 */
async function timeProfiles(engine: Engine, paths: readonly string[], control: JobControl): Promise<void> {
  const profiles = profilesInUse(engine);
  const times: Partial<Record<ProfileName, number>> = {};
  control.report({ step: 'Timing the profiles', done: 0, total: profiles.length });
  for (const [done, profile] of profiles.entries()) {
    await control.checkpoint();
    const extraction = extractionOfProfile(profile);
    const seconds = await secondsPerPhoto(engine, extraction, paths, control.signal).catch(
      (error: unknown) => {
        if (error instanceof SemblanceError) return null;
        throw error;
      },
    );
    if (seconds !== null) times[profile.name] = seconds;
    control.report({ done: done + 1 });
  }
  await control.checkpoint();
  engine.library.change(() =>
    engine.library.profileTimes.set({ stamp: stampOf(engine, profiles), secondsPerPhoto: times }),
  );
}

/**
 * Takes a profile, and goes on with whatever is being indexed once it is in service.
 * @throws SemblanceError `not-found` where the models have no such profile, `library-in-use` while another recipe is being
 *   applied
 */
export function useProfile(engine: Engine, { name }: CommandArguments['useProfile']): Job {
  const profile = profilesInUse(engine).find((each) => each.name === name);
  if (!profile) {
    throw new SemblanceError('not-found', `Photos cannot be read by the profile '${name}' with this model.`);
  }
  const { jobs, library } = engine;
  const indexing = jobs.list().filter(({ kind, endedAtMs }) => kind === 'index' && endedAtMs === null);
  const job = engine.serving ? engine.retuning.begin(profile.recipe) : engine.adopt(profile.recipe);
  for (const { id } of indexing) jobs.cancel(id);
  if (indexing.length > 0) engine.indexAfterwards(library.folders.list());
  library.settings.change({ profileAnswered: true });
  return job;
}

/** @throws SemblanceError `empty-library` */
export function startTimingProfiles(engine: Engine): { job: Job; ended: Promise<Job> } {
  const paths = firstPaths(engine, photosToTime);
  if (paths.length === 0) {
    throw new SemblanceError(
      'empty-library',
      'There are no photos to time the profiles on. Add a folder first.',
    );
  }
  return engine.jobs.start('time-profiles', (control) => timeProfiles(engine, paths, control));
}
