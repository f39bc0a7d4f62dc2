/** The engine's answer to each command of the contract. */
import {
  type CommandAnswers,
  type CommandArguments,
  type CommandName,
  type DeviceReport,
  type Job,
  modelNames,
  SemblanceError,
  type Settings,
} from '../contract/index.ts';
import {
  addModel,
  catalogue,
  installedModels,
  probeDevices,
  removeModel,
  storedReport,
  storeReport,
} from '../vision/index.ts';
import { binHandlers } from './bin.ts';
import { decisionHandlers } from './decisions.ts';
import { duplicateHandlers } from './duplicates.ts';
import { startEightBit } from './eight-bit.ts';
import type { Engine } from './engine.ts';
import { explanationHandlers } from './explanation.ts';
import { addFolder, changeFolder, relocateFolder, removeFolder } from './folder-commands.ts';
import { startInstall } from './install-job.ts';
import { measurementHandlers } from './measuring.ts';
import { PatternCounter } from './pattern-counter.ts';
import { movingHandlers } from './moving.ts';
import { photoMap, startMap } from './photo-map.ts';
import { photoListHandlers } from './photo-lists.ts';
import { pictureHandlers } from './pictures.ts';
import { profileReport, startTimingProfiles, useProfile } from './profiles.ts';
import { compareOnLibrary, evaluateLibrary, probeLibrary } from './quality.ts';
import { savedSearchHandlers } from './saved-searches.ts';
import { prepareSearch } from './prepare-search.ts';
import { modelsOfRecipe } from './recipe-models.ts';
import { searchLibrary } from './search.ts';
import { engineStatus } from './status.ts';
import { supportHandlers } from './support.ts';
import { upkeepHandlers } from './upkeep.ts';
import {
  cacheInfo,
  planRetune,
  previewRecipe,
  readForRecipe,
  recipesOf,
  retune,
  startPairs,
  startTuneSearch,
} from './tuning.ts';

export type Handlers = {
  [Name in CommandName]: (
    args: CommandArguments[Name],
  ) => CommandAnswers[Name] | Promise<CommandAnswers[Name]>;
};

export function commandHandlers(engine: Engine): Handlers {
  const { library, jobs } = engine;
  const patternCounter = new PatternCounter(library);
  return {
    status: () => engineStatus(engine),
    models: () => installedModels().map(({ info }) => info),
    devices: () => modelsOfRecipe(engine.recipe).flatMap((model) => storedReport(model) ?? []),
    probeDevices: () => probe(engine),
    importModel: ({ path, ...request }) => addModel({ ...request, file: path }),
    catalogue: () => catalogue(),
    installModel: (request) => startInstall(engine, request),
    removeModel: ({ name }) => removeOwnModel(engine, name),
    makeEightBit: (request) => startEightBit(engine, request).job,
    folders: () => library.folders.list(),
    addFolder: ({ path }) => addFolder(engine, path),
    removeFolder: ({ folderId }) => removeFolder(engine, folderId),
    changeFolder: ({ folderId, ...changes }) => changeFolder(engine, folderId, changes),
    countPatterns: ({ folderId, patterns, followLinks }) =>
      patternCounter.count(library.folders.get(folderId), patterns, followLinks),
    relocateFolder: ({ folderId, path }) => relocateFolder(engine, folderId, path),
    photo: ({ photoId }) => library.photos.details(photoId),
    problems: (query) => library.problems.page(query),
    startIndexing: ({ folderIds }) => startIndexing(engine, folderIds),
    jobs: () => jobs.list(),
    pauseJob: ({ jobId }) => jobs.pause(jobId),
    resumeJob: ({ jobId }) => jobs.resume(jobId),
    cancelJob: ({ jobId }) => jobs.cancel(jobId),
    prepareSearch: () => prepareSearch(engine),
    search: (query) => searchLibrary(engine, query),
    evaluate: (question) => evaluateLibrary(engine, question),
    compareRecipes: (question) => compareOnLibrary(engine, question),
    probe: (question) => probeLibrary(engine, question),
    recipes: () => recipesOf(engine),
    retunePlan: ({ recipe }) => planRetune(engine, recipe),
    retune: (request) => retune(engine, request),
    readForRecipe: ({ recipe }) => readForRecipe(engine, recipe),
    tunePreview: (request) => previewRecipe(engine, request),
    makePairs: () => startPairs(engine).job,
    tuneSearch: (request) => startTuneSearch(engine, request).job,
    makeMap: ({ method }) => startMap(engine, method),
    map: () => photoMap(engine),
    cache: () => cacheInfo(engine),
    profiles: () => profileReport(engine),
    timeProfiles: () => startTimingProfiles(engine).job,
    useProfile: (request) => useProfile(engine, request),
    ...photoListHandlers(engine),
    ...pictureHandlers(engine),
    ...explanationHandlers(engine),
    ...measurementHandlers(engine),
    ...decisionHandlers(engine),
    ...savedSearchHandlers(engine),
    ...duplicateHandlers(engine),
    ...binHandlers(engine),
    ...upkeepHandlers(engine),
    ...movingHandlers(engine),
    ...supportHandlers(engine),
    rememberedView: () => library.rememberedView.get(),
    rememberView: (view) => library.rememberedView.set(view),
    settings: () => library.settings.get(),
    changeSettings: (changes) => changeSettings(engine, changes),
  };
}

/** Tries the devices, unless photos are being read, which would be slowed down and would falsify what is found. */
async function probe(engine: Engine): Promise<DeviceReport[]> {
  if (engine.jobs.isPending('index') || engine.jobs.isPending('extract')) {
    throw new SemblanceError(
      'invalid-arguments',
      'Photos are being read. Try the devices when that is over.',
    );
  }
  const reports: DeviceReport[] = [];
  for (const model of modelsOfRecipe(engine.recipe)) {
    const report = await probeDevices(model);
    storeReport(model, report);
    reports.push(report);
  }
  await engine.renewVision();
  return reports;
}

/** @throws SemblanceError `invalid-arguments` while photos are described by it, `not-found` */
function removeOwnModel({ recipe, library }: Engine, name: string): { removed: string } {
  const used = [recipe, library.generations.building()?.recipe ?? recipe].flatMap(modelNames);
  const copies = installedModels().filter(({ info }) => info.eightBit?.of === name);
  // A copy goes with its model.
  const going = [name, ...copies.map(({ info }) => info.name)].find((each) => used.includes(each));
  if (going !== undefined) {
    throw new SemblanceError(
      'invalid-arguments',
      `Photos are described by '${going}'. Take a recipe without this model first.`,
    );
  }
  removeModel(name);
  return { removed: name };
}

function startIndexing(engine: Engine, folderIds: number[] | undefined): Job {
  const { folders } = engine.library;
  const chosen = folderIds ? folderIds.map((id) => folders.get(id)) : folders.list();
  if (chosen.length === 0) {
    throw new SemblanceError('empty-library', 'There is no folder to index yet. Add a folder first.');
  }
  return engine.index(chosen).job;
}

/**
 * A smaller budget for the cache is kept to at once. With another limit the next photo gets another reader, and photos
 * that were too large are tried again at the next indexing.
 */
async function changeSettings(
  engine: Engine,
  changes: CommandArguments['changeSettings'],
): Promise<Settings> {
  const { library } = engine;
  const { maxMegapixels } = library.settings.get();
  const settings = library.settings.change(changes);
  if (changes.cacheBudgetBytes !== undefined) engine.trimCache();
  if (changes.watch !== undefined) engine.watching.renew();
  if (settings.maxMegapixels !== maxMegapixels) {
    library.change(() => library.problems.tryAgain('too-large'));
    await engine.renewVision();
  }
  return settings;
}
