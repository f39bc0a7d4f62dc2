/** The composition root of the engine process: owns the library, runs jobs, answers commands. */
import { resolve } from 'node:path';
import {
  type CallCommand,
  defaultRecipe,
  type EngineEventListener,
  type EngineEvents,
  type Job,
  learns,
  modelNames,
  type Recipe,
  SemblanceError,
} from '../contract/index.ts';
import { type Extraction, extractionOf } from '../descriptor/index.ts';
import { withoutLearning } from '../learn/index.ts';
import { Library, type ScannedFolder, type VolumeTable } from '../library/index.ts';
import type { Vision } from '../vision/index.ts';
import { endUse, installedModels, type InstallOptions, processor, storedReport } from '../vision/index.ts';
import { CacheBudget } from './cache-budget.ts';
import { commandHandlers, type Handlers } from './command-handlers.ts';
import { CommandLog } from './command-log.ts';
import { type FolderTask, IndexJob, type IndexOptions } from './index-job.ts';
import { JobLog } from './job-log.ts';
import type { JobControl } from './job-run.ts';
import { Jobs } from './jobs.ts';
import { LatestOnly } from './latest-only.ts';
import { LocalFeatureReader } from './local-features.ts';
import { type Log, silentLog } from './log.ts';
import { MeasuredCrossover } from './measured-crossover.ts';
import { completeMetadata } from './metadata-job.ts';
import { startNeighbours } from './neighbours-job.ts';
import { PhotoReaders } from './photo-readers.ts';
import { Previews } from './previews.ts';
import { timeProfilesOnce } from './profiles.ts';
import { modelsFor, modelsOfRecipe } from './recipe-models.ts';
import { adoptFirstSchema, renewCache } from './renew-cache.ts';
import { Retuning } from './retuning.ts';
import { waitForRoom } from './room.ts';
import { SavedSearchWatch } from './saved-search-watch.ts';
import { Serving } from './serving.ts';
import { SharedVision } from './shared-vision.ts';
import { tryDevices } from './try-devices.ts';
import type { UpdateOptions } from './updates.ts';
import { Watching } from './watching.ts';

export interface EngineOptions {
  libraryPath: string;
  /** A reader works beside a running Semblance, and starts no jobs. */
  access: 'read' | 'write';
  /** What runs the engine, for others that find the library in use; a command on a terminal by default. */
  program?: 'window' | 'server' | 'terminal';
  /** Photos above which HNSW answers; measured on this machine by default. */
  crossover?: number;
  /** Photos above which HNSW finds their neighbours, where it is in service. */
  mostCompared?: number;
  /** Worker threads that read photos. */
  workers?: number;
  /** How patient downloads are, where not as usual. */
  download?: Pick<InstallOptions, 'stallMs' | 'pauseMs'>;
  /** Indexes what changes on disk, while the person's settings say so. */
  watch?: boolean;
  /** Tells what is mounted; the system's table by default. */
  volumes?: VolumeTable;
  /** The release feed, where not as the environment and package.json say. */
  updates?: UpdateOptions;
  /** Kept by whoever opens the engine; none by default. */
  log?: Log;
}

/** Listeners hear of a changed library at most this often. */
const libraryChangedIntervalMs = 500;

export class Engine {
  readonly library: Library;
  readonly options: EngineOptions;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly retuning: Retuning;
  readonly previews = new Previews();
  readonly readers: PhotoReaders;
  readonly localFeatures: LocalFeatureReader;
  readonly latestSearches = new LatestOnly();
  readonly watching: Watching;
  readonly savedSearches: SavedSearchWatch;
  readonly #listeners = new Set<EngineEventListener>();
  #closed: Promise<void> | null = null;
  readonly #closing = new AbortController();
  readonly #handlers: Handlers;
  readonly #commandLog: CommandLog;
  #recipe: Recipe;
  #serving: Serving | null;
  readonly #shared: SharedVision;
  readonly #cache: CacheBudget;
  readonly #measured = new MeasuredCrossover();
  #toldLibraryChangedMs = 0;

  private constructor(options: EngineOptions, library: Library) {
    this.options = options;
    this.library = library;
    this.log = options.log ?? silentLog;
    this.#commandLog = new CommandLog(this.log);
    if (options.access === 'write') adoptFirstSchema(library);
    this.#serving = Serving.load(library, this.#crossover);
    this.#measureCrossover();
    this.#recipe = this.#serving?.generation.recipe ?? restoredRecipe(library) ?? defaultRecipe;
    const jobLog = new JobLog(this.log);
    this.jobs = new Jobs(
      (job) => {
        jobLog.hear(job);
        this.#emit({ event: 'job', data: job });
      },
      (error) => {
        const explained = library.explain(error);
        this.log.error('job-failed', explained);
        return explained;
      },
      // A command on a terminal ends, and says what to do.
      options.program === 'window' || options.program === 'server' ? waitForRoom(library) : undefined,
    );
    this.#cache = new CacheBudget(library);
    this.readers = new PhotoReaders(library, this.log, options.workers);
    this.#shared = new SharedVision({
      start: (extraction) => this.readers.start(extraction),
      // Other jobs have readers of their own.
      isBusy: () => this.jobs.isPending('index'),
    });
    this.retuning = new Retuning({
      library,
      jobs: this.jobs,
      startVision: (extraction) => this.readers.start(extraction),
      startAlone: (extraction) => this.readers.startAlone(extraction),
      tryDevices: (extraction, control) => tryDevices(modelsFor(extraction), control),
      mayCache: (bytes) => this.#cache.hasRoomFor(bytes),
      onSwapped: () => this.reloadServing(),
    });
    this.localFeatures = new LocalFeatureReader(this);
    this.watching = new Watching(this);
    this.savedSearches = new SavedSearchWatch(this, (data) =>
      this.#emit({ event: 'savedSearchChanged', data }),
    );
    this.#handlers = commandHandlers(this);
  }

  /** @throws SemblanceError of `Library.open` */
  static open(options: EngineOptions): Engine {
    const library = Library.open(resolve(options.libraryPath), options.access, options);
    try {
      const engine = new Engine(options, library);
      if (options.access === 'write') {
        renewCache(engine);
        completeMetadata(engine);
        engine.retuning.carryOn();
        startNeighbours(engine);
        if (options.watch) engine.watching.start();
      }
      return engine;
    } catch (error) {
      library.close();
      throw error;
    }
  }

  /** Answers a command whose arguments have been validated. */
  readonly call: CallCommand = async (command, args) => {
    return this.#commandLog.watch(command, async () => {
      try {
        return await this.#handlers[command](args);
      } catch (error) {
        throw this.library.explain(error);
      }
    });
  };

  subscribe(listener: EngineEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The recipe in service, or the one that the first photo will be described by. */
  get recipe(): Recipe {
    return this.#recipe;
  }

  /** What computes descriptors, or would; two names where it is not the same for two models. */
  get provider(): string {
    const names = modelNames(this.#recipe);
    const models = installedModels().filter(({ info }) => names.includes(info.name));
    const providers = new Set(models.map((model) => storedReport(model)?.chosen ?? processor));
    return providers.size === 0 ? processor : [...providers].join(' and ');
  }

  /** Lets go of the photo reader, so that the next photo is read as things are now. */
  renewVision(): Promise<void> {
    return this.#shared.release();
  }

  get serving(): Serving | null {
    return this.#serving;
  }

  /** The photo reader of what is in service; loading the network takes a moment, so it starts with the first photo. */
  vision(): Promise<Vision> {
    return this.#shared.for(this.#servingExtraction());
  }

  #servingExtraction(): Extraction {
    if (this.#serving) return this.#serving.extraction;
    const models = modelsOfRecipe(this.#recipe).map(({ info }) => info);
    return extractionOf(this.#recipe, models);
  }

  /** Scans folders, then renews the fit when the library has outgrown it. `ended` is the index job's end. */
  index(folders: readonly ScannedFolder[]): { job: Job; ended: Promise<Job> } {
    return this.indexTasks(folders.map((folder) => ({ folder })));
  }

  /** The same for parts of folders. */
  indexTasks(tasks: readonly FolderTask[], indexing: IndexOptions = {}): { job: Job; ended: Promise<Job> } {
    const parts = {
      library: this.library,
      vision: () => this.vision(),
      startAlone: () => this.readers.startAlone(this.#servingExtraction()),
      serving: () => this.#firstServing(),
      mayCache: (bytes: number) => this.#cache.hasRoomFor(bytes),
      onFirstRead: (paths: string[], left: number, control: JobControl) =>
        timeProfilesOnce(this, paths, left, control),
      concurrency: (vision: Vision) => (this.library.settings.get().lowPriority ? 1 : vision.concurrency),
      onLibraryChanged: () => this.tellLibraryChanged(false),
    };
    return this.jobs.start('index', async (control) => {
      this.readers.takeDeviceNote();
      await tryDevices(modelsOfRecipe(this.#recipe), control);
      // What was indexed before an obstacle is found unchanged.
      await control.persist(() => new IndexJob(parts, tasks, indexing).run(control));
      this.#measureCrossover();
      const deviceNote = this.readers.takeDeviceNote();
      if (deviceNote !== '') control.conclude(deviceNote);
      this.tellLibraryChanged(true);
      this.savedSearches.renew();
      startNeighbours(this);
      const generation = this.#serving?.generation;
      if (!generation || !this.retuning.needsRefit(generation)) return;
      // Fitting takes much memory, too, and reads no photos.
      await this.renewVision();
      if (!this.library.generations.building()) this.retuning.begin(generation.recipe);
    });
  }

  /** Scans folders as soon as no job computes any more, e.g. when a recipe that is being applied is in service. */
  indexAfterwards(folders: readonly ScannedFolder[]): void {
    void this.jobs.computed(this.#closing.signal).then(() => {
      if (!this.#closing.signal.aborted) this.index(folders);
    });
  }

  #crossover = (dimension: number): number | null => this.options.crossover ?? this.#measured.of(dimension);

  /** A reader is over soon, and takes what was measured before. */
  #measureCrossover(): void {
    if (this.options.access === 'read' || this.options.crossover !== undefined) return;
    this.#measured.measureFor(this.#serving?.index.size ?? 0, () => this.#serving?.openHnsw());
  }

  #firstServing(): Serving {
    this.#serving ??= Serving.createFirst(
      this.library,
      this.#recipe,
      modelsOfRecipe(this.#recipe),
      this.#crossover,
    );
    return this.#serving;
  }

  /**
   * Takes a recipe for a library that has no photos yet.
   * @throws SemblanceError `not-enough-photos` when it has to be learned from photos
   */
  adopt(recipe: Recipe): Job {
    if (learns(recipe)) {
      throw new SemblanceError(
        'not-enough-photos',
        'This recipe is learned from photos. Index a folder first.',
      );
    }
    return this.jobs.start('build', (control) => {
      this.#recipe = recipe;
      this.#firstServing();
      control.conclude('The recipe is in service; the first photos will be described by it.');
      return Promise.resolve();
    }).job;
  }

  /** Takes what is in service anew from the catalogue. */
  async reloadServing(): Promise<void> {
    const before = this.#serving;
    this.#serving = Serving.load(this.library, this.#crossover);
    this.#recipe = this.#serving?.generation.recipe ?? this.#recipe;
    await before?.close();
    startNeighbours(this);
    this.trimCache();
    this.tellLibraryChanged(true);
    this.savedSearches.renew();
  }

  /** Makes the cache fit its budget. What is in service is the last to go, and before it what was read for a draft. */
  trimCache(): void {
    const building = this.library.generations.building()?.extractionKey ?? '';
    this.#cache.trim([this.#serving?.generation.extractionKey ?? '', building, this.retuning.draftKey]);
  }

  /** Stops jobs, waits for what is in flight, and closes the library. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.watching.close();
    await this.savedSearches.close();
    this.retuning.end();
    await this.jobs.close();
    await this.previews.close();
    await this.#shared.release();
    await this.localFeatures.close();
    await this.#serving?.close();
    await this.#measured.close();
    endUse();
    this.library.close();
  }

  tellLibraryChanged(atOnce: boolean): void {
    if (!atOnce && performance.now() - this.#toldLibraryChangedMs < libraryChangedIntervalMs) return;
    this.#toldLibraryChangedMs = performance.now();
    this.#emit({ event: 'libraryChanged', data: this.contents() });
  }

  tellSearchFound(data: EngineEvents['searchFound']): void {
    this.#emit({ event: 'searchFound', data });
  }

  /** How much the library holds. */
  contents(): EngineEvents['libraryChanged'] {
    return { photos: this.library.photos.counts().photos, folders: this.library.folders.count() };
  }

  /** Takes pictures that went out of the search. */
  forget(contentIds: number[]): void {
    this.#serving?.delete(contentIds);
  }

  #emit: EngineEventListener = (event) => {
    for (const listener of this.#listeners) listener(event);
  };
}

/** What served before the catalogue was lost. What is learned from photos can be applied again once they are there. */
function restoredRecipe(library: Library): Recipe | null {
  const recipe = library.backup.restoredRecipe();
  return recipe && withoutLearning(recipe);
}
