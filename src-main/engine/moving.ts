/** Moving the library: exporting it, telling what an exported one holds, and taking one in. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CommandArguments,
  type ExportedLibrary,
  type Job,
  type MovingAnswers,
} from '../contract/index.ts';
import {
  ArchiveReader,
  exportLibrary,
  importLibrary,
  type ImportOutcome,
  placeHere,
  rerooted,
  type ForeignGeneration,
} from '../library/index.ts';
import { installedModels } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import { describeCached } from './describe-cached.ts';
import { Describer } from './describer.ts';
import type { Engine } from './engine.ts';
import type { JobControl } from './job-run.ts';
import { startNeighbours } from './neighbours-job.ts';
import { version } from './version.ts';

export function movingHandlers(engine: Engine): Pick<Handlers, keyof MovingAnswers> {
  return {
    exportLibrary: (request) => startExport(engine, request).job,
    inspectExport: (request) => inspectExport(request),
    importLibrary: (request) => startImport(engine, request).job,
  };
}

export function startExport(
  { library, jobs }: Engine,
  { path, thumbnails, replace }: CommandArguments['exportLibrary'],
): { job: Job; ended: Promise<Job> } {
  const target = resolve(path);
  return jobs.start('export', async (control) => {
    const request = { libraryPath: library.path, target, thumbnails, replace, appVersion: version };
    const { counts } = await exportLibrary(request, control);
    control.conclude(
      `${counts.photos} photos with all that is known of them are in ${target}. The photos' files stay where they are.`,
    );
  });
}

/** @throws SemblanceError `not-found`, `archive-invalid`, `library-newer` */
async function inspectExport({ path, roots }: CommandArguments['inspectExport']): Promise<ExportedLibrary> {
  const file = resolve(path);
  const archive = await ArchiveReader.open(file);
  try {
    const { counts, folders, models, appVersion, exportedAtMs } = archive.manifest;
    const { photos, tags, ratings, kept, savedSearches, thumbnails } = counts;
    const installed = new Set(installedModels().map(({ info }) => info.sha256));
    return {
      ...{ path: file, sizeBytes: statSync(file).size, exportedAtMs, appVersion },
      ...{ photos, tags, ratings, kept, savedSearches, thumbnails },
      models: models.map((model) => ({ ...model, isInstalled: installed.has(model.sha256) })),
      folders: folders.map(({ path: there, photos: inFolder, sample }) => {
        const to = rerooted(there, roots);
        const place = to === null ? null : placeHere(to);
        const found = place?.isHere ? sample.filter((each) => isThere(place.path, each)).length : 0;
        return {
          ...{ path: there, photos: inFolder, to: place?.path ?? null },
          ...{ isThere: place?.isHere ?? false, found, sampled: sample.length },
        };
      }),
    };
  } finally {
    await archive.close();
  }
}

function isThere(folder: string, file: { directory: string; name: string; sizeBytes: number }): boolean {
  const stats = statSync(join(folder, file.directory, file.name), { throwIfNoEntry: false });
  return stats?.size === file.sizeBytes;
}

export function startImport(
  engine: Engine,
  { path, roots, dryRun }: CommandArguments['importLibrary'],
): { job: Job; ended: Promise<Job> } {
  const file = resolve(path);
  const here = roots.map(({ from, to }) => ({ from, to: to === null ? null : resolve(to) }));
  return engine.jobs.start('import', async (control) => {
    const request = {
      ...{ path: file, roots: here, dryRun, appVersion: version },
      // What cannot be read in now could not be opened with the library either.
      tryGeneration: ({ generation, extraction }: ForeignGeneration) => {
        new Describer(generation, extraction);
      },
    };
    const outcome = await importLibrary(engine.library, request, control);
    const missing = (await inspectExport({ path: file, roots })).models.filter(
      ({ isInstalled }) => !isInstalled,
    );
    const needs = missing.map(
      ({ name, sha256 }) =>
        `The model '${name}' (sha256 ${sha256}) is not here: add it in Settings or with semblance models, to search with new pictures and to index more.`,
    );
    control.conclude([...(dryRun ? foreseen(outcome) : done(outcome)), ...needs].join(' '));
    if (!dryRun) await putToUse(engine, outcome, control);
  });
}

/** Has everything else take notice of what came. Photos whose statistics are known are described without their files. */
async function putToUse(engine: Engine, outcome: ImportOutcome, control: JobControl): Promise<void> {
  const { library } = engine;
  await engine.reloadServing();
  const { serving } = engine;
  const missing = serving ? library.generations.missing(serving.generation.id).length : 0;
  if (serving && missing > 0) {
    control.report({ step: 'Describing photos', done: 0, total: missing });
    let described = 0;
    await describeCached(library.path, serving.generation, control, (batch) => {
      const searched = batch.map(({ contentId, vector }) => ({
        contentId,
        vector: serving.augmented(vector),
      }));
      library.change(() => library.generations.addDescriptors(serving.generation.id, searched));
      for (const { contentId, vector } of searched) serving.add(contentId, vector);
      described += batch.length;
      control.report({ done: described });
    });
  }
  engine.watching.renew();
  engine.tellLibraryChanged(true);
  if (outcome.photos > 0) {
    engine.savedSearches.renew();
    startNeighbours(engine);
  }
}

function done({ photos, pictures, known, decisions, savedSearches, ...others }: ImportOutcome): string[] {
  const sentences = [
    `${photos} photos came, with ${pictures} pictures that are new here and ${known} that both have.`,
    `${decisions} tags, ratings and marks and ${savedSearches} saved searches were taken over.`,
  ];
  if (others.savedSearchesWithoutRoom > 0)
    sentences.push(`There was no room for ${others.savedSearchesWithoutRoom} saved searches.`);
  sentences.push(...leftOut(others));
  if (others.backup !== null)
    sentences.push(
      `The library as it was before is kept in ${others.backup}; importing that into an empty library brings it back.`,
    );
  return sentences;
}

function foreseen({ photos, pictures, known, ...others }: ImportOutcome): string[] {
  return [
    `${photos} photos would come, with ${pictures} pictures that are new here and ${known} that both have. Nothing was changed.`,
    ...leftOut(others),
  ];
}

function leftOut({ impossible }: Pick<ImportOutcome, 'impossible'>): string[] {
  return impossible === 0
    ? []
    : [`${impossible} files have names that this system cannot have, and are left out.`];
}
