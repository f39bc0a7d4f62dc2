/** The draft of a recipe: what it changes, what it would find, what it costs, and the way into service and back. */
import * as v from 'valibot';
import {
  type Job,
  type JobKind,
  type LabelKind,
  messageOf,
  type ModelInfo,
  type Recipe,
  type Recipes,
  recipeSchema,
  type RetunePlan,
  SemblanceError,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { equal } from '../equal.ts';
import { Latest } from '../latest.ts';
import { readRecipe } from '../tuning/recipe-file.ts';
import { changedStages, type StageName, stageToBlame, withStageOf } from '../tuning/stages.ts';
import { mustReadQuestion } from '../wording.ts';
import { PreviewState } from './tune-preview.svelte.ts';

/** The plan times some photos, so it is asked for only once a draft has stood for this long. */
const planWaitMs = 500;
/** Jobs that bring a recipe into service, one after the other. */
const applyingKinds: readonly JobKind[] = ['extract', 'pairs', 'fit', 'build'];
/** Codes of errors that another draft would not meet. */
const ofDraft: readonly SemblanceError['code'][] = [
  'recipe-mismatch',
  'no-model',
  'model-invalid',
  'not-enough-photos',
  'no-ground-truth',
  'invalid-arguments',
];

export class Tune {
  readonly preview: PreviewState;
  recipes = $state.raw<Recipes | null>(null);
  models = $state.raw<ModelInfo[]>([]);
  draft = $state.raw<Recipe | null>(null);
  stage = $state<StageName>('pooling');
  /** What applying the draft costs; null while that is not known, and while there is nothing to apply. */
  plan = $state.raw<RetunePlan | null>(null);
  /** Why no plan can be made, which is also why the draft cannot be applied. */
  planError = $state.raw<SemblanceError | null>(null);
  /** Asked before photos are read again; null while nothing is asked. */
  question = $state<string | null>(null);
  /** Whether the engine has been told to apply, and has not yet said that it will. */
  starting = $state(false);
  /** Whether the engine has been told to read for the draft, and has not yet said that it will. */
  startingToRead = $state(false);
  importError = $state<string | null>(null);
  /** Whether somebody looks. */
  #isOpen = false;
  /** The first job of what was applied last; later ones belong to it. */
  #firstJob = $state<number | null>(null);
  /** The job that was told to read for the draft. */
  #readingJob = $state<number | null>(null);
  /** The draft that it reads for. */
  #readingFor = $state.raw<Recipe | null>(null);
  #newestJob = 0;
  readonly #client: Client;
  readonly #jobs: () => readonly Job[];
  readonly #plans: Latest<RetunePlan | null>;

  /** @param jobs those that are known now */
  constructor(client: Client, jobs: () => readonly Job[]) {
    this.#client = client;
    this.#jobs = jobs;
    this.preview = new PreviewState(client, () => this.draft);
    this.#plans = new Latest({
      waitMs: planWaitMs,
      ask: async () =>
        this.draft && this.isChanged ? client.call('retunePlan', { recipe: this.draft }) : null,
      onAnswer: (plan) => Object.assign(this, { plan, planError: null }),
      onError: (error) => Object.assign(this, { plan: null, planError: toError(error) }),
      onBusy: () => undefined,
    });
  }

  get isChanged(): boolean {
    return this.recipes !== null && this.draft !== null && !equal(this.recipes.current, this.draft);
  }

  get changed(): Set<StageName> {
    return this.recipes && this.draft ? changedStages(this.recipes.current, this.draft) : new Set();
  }

  /** What keeps the draft from being previewed, or from being applied, and the stage that it comes from. */
  get problem(): { stage: StageName; message: string; stopsApplying: boolean } | null {
    const error = this.planError ?? this.preview.error;
    if (!error || !this.recipes || !this.draft || !ofDraft.includes(error.code)) return null;
    const stage = stageToBlame(error.code, this.recipes.current, this.draft);
    return { stage, message: error.message, stopsApplying: this.planError !== null };
  }

  /** The job that brings a recipe into service. */
  get applying(): Job | null {
    const building = this.recipes?.building !== null;
    const kinds = applyingKinds.filter((kind) => kind !== 'pairs' || building);
    return this.#open(kinds, this.reading?.id);
  }

  /** The job that reads photos for a draft. */
  get reading(): Job | null {
    const job = this.#open(['extract']);
    if (job === null || job.id === this.#readingJob) return job;
    // One that was begun elsewhere: what reads while nothing is being built reads for a draft.
    return this.recipes?.building === null && this.#firstJob === null ? job : null;
  }

  /** How reading for the draft ended; null before that, and where it was for another draft. */
  get read(): Job | null {
    if (!equal(this.#readingFor, this.draft)) return null;
    return this.#jobs().find(({ id, endedAtMs }) => id === this.#readingJob && endedAtMs !== null) ?? null;
  }

  get pairing(): Job | null {
    return this.#open(['pairs']);
  }

  get searching(): Job | null {
    return this.#open(['tune-search']);
  }

  /** The latest search for a better recipe. */
  get search(): Job | null {
    return this.#jobs().findLast(({ kind }) => kind === 'tune-search') ?? null;
  }

  /** How the recipe that was applied last came into service, or did not; null while it is on its way. */
  get ended(): Job | null {
    const first = this.#firstJob;
    if (first === null || this.applying) return null;
    // Pairs that were made are a step on the way, or made to measure with.
    const tells = ({ id, kind, state }: Job): boolean =>
      id !== this.#readingJob && (kind !== 'pairs' || state !== 'done');
    return (
      this.#jobs().findLast((job) => job.id >= first && applyingKinds.includes(job.kind) && tells(job)) ??
      null
    );
  }

  /** Fetches what is in service. The draft goes with it, unless somebody has changed it. */
  async open(): Promise<void> {
    this.#isOpen = true;
    const [recipes, models] = await Promise.all([
      this.#client.call('recipes', {}),
      this.#client.call('models', {}),
    ]);
    const untouched = !this.isChanged;
    this.recipes = recipes;
    this.models = models;
    if (untouched) this.draft = recipes.current;
    this.#plans.want(0);
    await this.preview.open();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Fetches everything anew if somebody looks, e.g. when the engine is back. */
  refresh(): Promise<void> {
    return this.#isOpen ? this.open() : Promise.resolve();
  }

  /** A job began, moved on or ended. */
  hear(job: Job): Promise<void> {
    const isNew = job.id > this.#newestJob && applyingKinds.includes(job.kind);
    this.#newestJob = Math.max(this.#newestJob, job.id);
    return isNew || job.endedAtMs !== null ? this.refresh() : Promise.resolve();
  }

  /** Takes another draft; one that no recipe may be is refused, and the draft stays. */
  set(draft: Recipe): void {
    const parsed = v.safeParse(recipeSchema, draft);
    if (!parsed.success) return;
    this.draft = parsed.output;
    this.importError = null;
    // How the last one went is old news once another one is thought of.
    if (!this.applying) this.#firstJob = null;
    if (!this.reading) this.#readingJob = null;
    this.plan = null;
    this.planError = null;
    this.#plans.want();
    this.preview.refresh();
  }

  /** Changes a part of the draft. */
  change(part: Partial<Recipe>): void {
    if (this.draft) this.set({ ...this.draft, ...part });
  }

  /** Takes back all changes, or those of one stage. */
  reset(stage?: StageName): void {
    if (!this.recipes || !this.draft) return;
    const { current } = this.recipes;
    this.set(stage === undefined ? current : withStageOf(this.draft, current, stage));
  }

  async importFile(file: Pick<File, 'name' | 'text'>): Promise<void> {
    try {
      this.set(readRecipe(await file.text(), file.name));
    } catch (error) {
      this.importError = messageOf(error);
    }
  }

  /** Reads photos for the draft, so that it can be previewed and measured before it is applied. */
  async readForDraft(): Promise<void> {
    if (!this.draft) return;
    this.startingToRead = true;
    const recipe = this.draft;
    try {
      const job = await this.#client.call('readForRecipe', { recipe });
      this.#readingJob = job.id;
      this.#readingFor = recipe;
    } finally {
      this.startingToRead = false;
    }
  }

  /** Applies the draft. Where photos must be read again, that is asked first. */
  async apply(mayRead = false): Promise<void> {
    if (!this.draft) return;
    this.question = null;
    if (!mayRead && this.plan !== null && this.plan.photosToRead > 0) {
      this.question = mustReadQuestion(this.plan);
      return;
    }
    this.starting = true;
    try {
      const job = await this.#client.call('retune', { recipe: this.draft, mayRead });
      this.#firstJob = job.id;
    } catch (error) {
      if (!(error instanceof SemblanceError) || error.code !== 'must-read-photos' || mayRead) throw error;
      this.question = error.message;
      return;
    } finally {
      this.starting = false;
    }
    await this.open();
  }

  /** Brings back what was in service before. */
  async goBack(): Promise<void> {
    const before = this.recipes?.past.at(0);
    if (!before) return;
    this.set(before.recipe);
    await this.apply();
  }

  async makePairs(): Promise<void> {
    await this.#client.call('makePairs', {});
  }

  async findBetter(by: LabelKind, seconds: number): Promise<void> {
    await this.#client.call('tuneSearch', { by, seconds });
  }

  #open(kinds: readonly JobKind[], butNot?: number): Job | null {
    const isOpen = ({ id, kind, endedAtMs }: Job): boolean =>
      endedAtMs === null && kinds.includes(kind) && id !== butNot;
    return this.#jobs().find(isOpen) ?? null;
  }
}

function toError(error: unknown): SemblanceError {
  return error instanceof SemblanceError ? error : new SemblanceError('internal', String(error));
}
