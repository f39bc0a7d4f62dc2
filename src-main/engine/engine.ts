/** The composition root of the engine process: owns the library, runs jobs, answers commands. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type CallCommand,
  type CommandAnswers,
  type CommandArguments,
  type CommandName,
  defaultRecipe,
  type EngineEventListener,
  type EngineEvents,
  type Folder,
  type Job,
  type ModelInfo,
  type Recipe,
  SemblanceError,
} from '../contract/index.ts';
import { Library } from '../library/index.ts';
import {
  type InstalledModel,
  installedModels,
  thumbnailMediaType,
  thumbnailOfFile,
  Vision,
} from '../vision/index.ts';
import { IndexJob } from './index-job.ts';
import { type JobControl, Jobs } from './jobs.ts';
import { evaluateByFolder } from './quality.ts';
import { buildGeneration, fitGeneration, needsRefit } from './refit.ts';
import { searchLibrary } from './search.ts';
import { Serving } from './serving.ts';
import { engineStatus } from './status.ts';

export interface EngineOptions {
  libraryPath: string;
  /** A reader works beside a running Semblance, and starts no jobs. */
  access: 'read' | 'write';
  /** Photos above which HNSW answers; the measured crossover by default. */
  crossover?: number;
  /** Worker threads that read photos. */
  workers?: number;
}

/** Listeners hear of a changed library at most this often. */
const libraryChangedIntervalMs = 500;

type Handlers = {
  [Name in CommandName]: (
    args: CommandArguments[Name],
  ) => CommandAnswers[Name] | Promise<CommandAnswers[Name]>;
};

export class Engine {
  readonly library: Library;
  readonly recipe: Recipe;
  readonly jobs: Jobs;
  readonly #options: EngineOptions;
  readonly #listeners = new Set<EngineEventListener>();
  readonly #handlers: Handlers;
  #serving: Serving | null;
  #vision: Promise<Vision> | null = null;
  #toldLibraryChangedMs = 0;

  private constructor(options: EngineOptions, library: Library) {
    this.#options = options;
    this.library = library;
    this.#serving = Serving.load(library, options.crossover);
    this.recipe = this.#serving?.generation.recipe ?? defaultRecipe;
    this.jobs = new Jobs((job) => this.#emit({ event: 'job', data: job }));
    this.#handlers = this.#commandHandlers();
  }

  /** @throws SemblanceError of `Library.open` */
  static open(options: EngineOptions): Engine {
    const library = Library.open(resolve(options.libraryPath), options.access);
    try {
      const engine = new Engine(options, library);
      if (options.access === 'write') engine.#continueBuilding();
      return engine;
    } catch (error) {
      library.close();
      throw error;
    }
  }

  /** Answers a command whose arguments have been validated. */
  readonly call: CallCommand = async (command, args) => this.#handlers[command](args);

  subscribe(listener: EngineEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The model that the recipe names. @throws SemblanceError `no-model` */
  get model(): InstalledModel {
    const model = installedModels().find(({ info }) => info.name === this.recipe.model);
    if (!model) {
      throw new SemblanceError(
        'no-model',
        `The model '${this.recipe.model}' is not installed. See: semblance models`,
      );
    }
    return model;
  }

  get serving(): Serving | null {
    return this.#serving;
  }

  /** The photo reader; loading the network takes a moment, so it starts with the first photo. */
  vision(): Promise<Vision> {
    this.#vision ??= this.#startVision().catch((error: unknown) => {
      this.#vision = null;
      throw error;
    });
    return this.#vision;
  }

  async #startVision(): Promise<Vision> {
    const { longerSide, scales, taps } = this.recipe;
    const { workers } = this.#options;
    return Vision.start({
      model: this.model,
      settings: { longerSide, scales, taps: taps.map(({ name }) => name) },
      ...(workers === undefined ? {} : { workers }),
    });
  }

  /** Scans folders, then renews the fit when the library has outgrown it. `ended` is the index job's end. */
  index(folders: Folder[]): { job: Job; ended: Promise<Job> } {
    const parts = {
      library: this.library,
      vision: () => this.vision(),
      serving: () => this.#firstServing(),
      concurrency: (vision: Vision) => (this.library.settings.get().lowPriority ? 1 : vision.concurrency),
      onLibraryChanged: () => this.#tellLibraryChanged(false),
    };
    return this.jobs.start('index', async (control) => {
      await new IndexJob(parts, folders).run(control);
      this.#tellLibraryChanged(true);
      this.#refitIfNeeded();
    });
  }

  #firstServing(): Serving {
    this.#serving ??= Serving.createFirst(this.library, this.recipe, this.model, this.#options.crossover);
    return this.#serving;
  }

  #refitIfNeeded(): void {
    const serving = this.#serving;
    if (!serving || this.jobs.isPending('fit') || !needsRefit(this.library, serving.generation)) return;
    this.jobs.start('fit', async (control) => {
      const { layout } = await this.vision();
      await fitGeneration(this.library, serving.generation, layout, control);
      this.#continueBuilding();
    });
  }

  /** Completes a generation in the making: after a fit, or left over when the engine ended in between. */
  #continueBuilding(): void {
    const building = this.library.generations.building();
    if (!building || this.jobs.isPending('build')) return;
    this.jobs.start('build', async (control: JobControl) => {
      const { layout } = await this.vision();
      await buildGeneration(this.library, building, layout, control);
      await this.#serving?.close();
      this.#serving = Serving.load(this.library, this.#options.crossover);
      this.#tellLibraryChanged(true);
    });
  }

  async #removeFolder(folderId: number): Promise<{ forgotten: number }> {
    const forgotten = this.library.change(() => this.library.folders.remove(folderId));
    this.#serving?.delete(this.library.forgetOrphans());
    this.#tellLibraryChanged(true);
    return Promise.resolve({ forgotten });
  }

  #addFolder(path: string): Folder {
    const real = realFolder(path);
    const folder = this.library.change(() => this.library.folders.add(real, Date.now()));
    this.#tellLibraryChanged(true);
    return folder;
  }

  #startIndexing(folderIds: number[] | undefined): Job {
    const folders = folderIds
      ? folderIds.map((id) => this.library.folders.get(id))
      : this.library.folders.list();
    if (folders.length === 0) {
      throw new SemblanceError('empty-library', 'There is no folder to index yet. Add a folder first.');
    }
    return this.index(folders).job;
  }

  async #thumbnail(photoId: number): Promise<CommandAnswers['thumbnail']> {
    const { hash } = this.library.photos.contentOf(photoId);
    const stored = this.library.thumbnails.get(hash);
    if (stored) return { bytes: stored, mediaType: thumbnailMediaType };
    const bytes = await thumbnailOfFile(this.library.photos.details(photoId).path);
    this.library.thumbnails.set(hash, bytes);
    return { bytes, mediaType: thumbnailMediaType };
  }

  #models(): ModelInfo[] {
    return installedModels().map(({ info }) => info);
  }

  #commandHandlers(): Handlers {
    const { library, jobs } = this;
    return {
      status: () => engineStatus(this, this.#options.crossover),
      models: () => this.#models(),
      folders: () => library.folders.list(),
      addFolder: ({ path }) => this.#addFolder(path),
      removeFolder: ({ folderId }) => this.#removeFolder(folderId),
      photos: (query) => library.photos.page(query),
      photo: ({ photoId }) => library.photos.details(photoId),
      problems: (query) => library.photos.problems(query),
      thumbnail: ({ photoId }) => this.#thumbnail(photoId),
      startIndexing: ({ folderIds }) => this.#startIndexing(folderIds),
      jobs: () => jobs.list(),
      pauseJob: ({ jobId }) => jobs.pause(jobId),
      resumeJob: ({ jobId }) => jobs.resume(jobId),
      cancelJob: ({ jobId }) => jobs.cancel(jobId),
      search: (query) => searchLibrary(this, query),
      evaluate: () => evaluateByFolder(this),
      settings: () => library.settings.get(),
      changeSettings: (changes) => library.settings.change(changes),
    };
  }

  /** Stops jobs, waits for what is in flight, and closes the library. */
  async close(): Promise<void> {
    await this.jobs.close();
    await (await this.#vision?.catch(() => null))?.close();
    await this.#serving?.close();
    this.library.close();
  }

  #tellLibraryChanged(atOnce: boolean): void {
    if (!atOnce && performance.now() - this.#toldLibraryChangedMs < libraryChangedIntervalMs) return;
    this.#toldLibraryChangedMs = performance.now();
    this.#emit({ event: 'libraryChanged', data: this.contents() });
  }

  /** How much the library holds. */
  contents(): EngineEvents['libraryChanged'] {
    return { photos: this.library.photos.counts().photos, folders: this.library.folders.list().length };
  }

  #emit: EngineEventListener = (event) => {
    for (const listener of this.#listeners) listener(event);
  };
}

/** @throws SemblanceError `no-such-folder` */
function realFolder(path: string): string {
  try {
    const real = realpathSync(resolve(path));
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Said below, as for a path that is no folder.
  }
  throw new SemblanceError('no-such-folder', `There is no folder ${path}. Check the path.`);
}
