/**
 * Brings another recipe, or a new fit, into service: reads photos again where the cache lacks something, learns, builds
 * a generation beside the one in service and swaps it in when complete. Each step is a job; what a step has done is in
 * the library, so that an ended engine carries on with the next start.
 */
import { learns, type Job, type JobKind, type Recipe, SemblanceError } from '../contract/index.ts';
import { codeLength, extractionOf, modelsOfExtraction, placesIn, recipeKey } from '../descriptor/index.ts';
import type { CachedExtraction, StoredGeneration } from '../library/index.ts';
import { withoutLearning } from '../learn/index.ts';
import { beginReading } from './draft-reading.ts';
import { photosForOwnFit } from './generic-fit.ts';
import type { JobControl } from './job-run.ts';
import type { Jobs } from './jobs.ts';
import { modelsOfRecipe } from './recipe-models.ts';
import { isFitted, RetuningSteps, type StepParts } from './retuning-steps.ts';

/** A fit is renewed when the library has grown by this factor since: each renewal touches every descriptor. */
const growthForRenewal = 2;

export interface RetuningParts extends StepParts {
  jobs: Jobs;
}

interface Step {
  kind: JobKind;
  run(control: JobControl): Promise<boolean>;
}

export class Retuning {
  readonly #parts: RetuningParts;
  readonly #work: RetuningSteps;
  /** Of what was read last for a draft; '' before that. */
  #draftKey = '';
  /** While the engine ends, cancelled jobs are to be carried on with. */
  #ending = false;

  constructor(parts: RetuningParts) {
    this.#parts = parts;
    this.#work = new RetuningSteps(parts);
  }

  /** Cancelled jobs from now on lose nothing. */
  end(): void {
    this.#ending = true;
  }

  /** Whether the generation in service should be followed by one with a new fit. */
  needsRefit(serving: StoredGeneration): boolean {
    const { recipe, extractionKey, fit, fittedOn } = serving;
    // What is learned is learned again only when somebody asks for it.
    if (!isFitted(recipe) || learns(recipe)) return false;
    const photos = this.#parts.library.powerMeans.count(extractionKey);
    if (photos < photosForOwnFit) return false;
    return fit !== 'library' || photos >= growthForRenewal * fittedOn;
  }

  /**
   * Begins to build a generation; the job is the first of its steps.
   * @throws SemblanceError `library-in-use` while another one is being built
   */
  begin(recipe: Recipe): Job {
    const { library } = this.#parts;
    this.#refuseWhileBuilding();
    const [own, ...others] = modelsOfRecipe(recipe).map(({ info }) => info);
    const attention = recipe.taps.some(({ pooling }) => pooling.kind === 'attention');
    library.change(() =>
      library.generations.create(
        {
          recipe,
          recipeKey: recipeKey(recipe, own.sha256, others),
          extractionKey: this.covering(recipe, 'serve') ?? (attention ? '' : this.addExtraction(recipe)),
          fit: 'none',
          encodedFit: null,
          fittedOn: 0,
          fitted: false,
          note: '',
        },
        'building',
        Date.now(),
      ),
    );
    const job = this.carryOn();
    if (job) return job;
    throw new SemblanceError('internal', 'The new recipe could not be begun with. Try again.', {
      retryable: true,
    });
  }

  /** @throws SemblanceError `library-in-use` */
  #refuseWhileBuilding(): void {
    if (!this.#parts.library.generations.building()) return;
    throw new SemblanceError(
      'library-in-use',
      'Another recipe is being applied. Wait for it, or cancel it.',
      { retryable: true },
    );
  }

  get draftKey(): string {
    return this.#draftKey;
  }

  /**
   * Begins to read photos for a draft: what it needs before anything is learned, so that it can be previewed.
   * @throws SemblanceError `library-in-use` while a recipe is being applied, and of `addExtraction` and `beginReading`
   */
  readFor(draft: Recipe, serving: StoredGeneration): Job {
    this.#refuseWhileBuilding();
    const recipe = withoutLearning(draft);
    const key = this.covering(recipe, 'serve') ?? this.addExtraction(recipe);
    const job = beginReading(this.#parts, key, serving);
    this.#draftKey = key;
    return job;
  }

  /**
   * The key of a cached extraction that has all that a recipe needs: the one with most photos, and of those the smallest.
   * To serve, it must not ask for further models, which would compute in vain for every new photo; to measure, any will
   * do in which there are photos.
   * @throws SemblanceError `no-model`
   */
  covering(recipe: Recipe, use: 'serve' | 'measure'): string | null {
    const { library } = this.#parts;
    const models = modelsOfRecipe(recipe);
    const serves = ({ extraction, pictures }: CachedExtraction): boolean => {
      const asked = modelsOfExtraction(extraction);
      const isComplete = models.every(({ info }) =>
        asked.some(({ name, sha256 }) => name === info.name && sha256 === info.sha256),
      );
      const suits = use === 'serve' ? asked.length === models.length : pictures > 0;
      return isComplete && suits && placesIn(extraction, recipe) !== null;
    };
    const found = library.extractions
      .list()
      .filter(serves)
      .sort((a, b) => b.pictures - a.pictures || a.bytesPerPicture - b.bytesPerPicture);
    return found.at(0)?.key ?? null;
  }

  /** Remembers what a recipe needs of photos; returns its key. @throws SemblanceError of `extractionOf` */
  addExtraction(recipe: Recipe): string {
    const { library } = this.#parts;
    const models = modelsOfRecipe(recipe).map(({ info }) => info);
    return library.change(() => library.extractions.add(extractionOf(recipe, models)));
  }

  /** Goes on with the generation in the making, if there is one. */
  carryOn(): Job | null {
    const building = this.#parts.library.generations.building();
    if (!building || this.#parts.jobs.isPending('build') || this.#parts.jobs.isPending('fit')) return null;
    return this.#startStep(this.#steps(building), building.id);
  }

  #startStep([step, ...rest]: Step[], generationId: number): Job {
    const { jobs } = this.#parts;
    let hasBegun = false;
    const { job, ended } = jobs.start(step.kind, async (control) => {
      hasBegun = true;
      let goesOn = false;
      try {
        await control.checkpoint();
        const succeeded = await control.persist(() => step.run(control));
        // Whoever cancels a step as it ends means all of it; after the last one, the recipe is in service.
        if (rest.length > 0) await control.checkpoint();
        goesOn = succeeded;
      } finally {
        if (!goesOn) this.#abandon(generationId);
      }
      // Begun before this job is over, so that nobody takes the pause between for the end.
      if (goesOn && rest.length > 0) this.#startStep(rest, generationId);
    });
    // One that is cancelled while it waits for another job never begins.
    void ended.then(() => {
      if (!hasBegun) this.#abandon(generationId);
    });
    return job;
  }

  /** What was cancelled, failed or came to nothing must not stand in the way of the next recipe. */
  #abandon(generationId: number): void {
    const { library } = this.#parts;
    if (!this.#ending) library.change(() => library.generations.drop(generationId));
  }

  #steps(building: StoredGeneration): Step[] {
    const fresh = (): StoredGeneration => {
      const now = this.#parts.library.generations.building();
      if (now?.id === building.id) return now;
      throw new SemblanceError('cancelled', 'Another recipe has taken the place of this one.');
    };
    const work = this.#work;
    const steps: Step[] = [];
    if (building.extractionKey === '')
      steps.push({ kind: 'fit', run: (control) => work.attend(fresh(), control) });
    steps.push({ kind: 'extract', run: (control) => work.read(fresh(), control) });
    if (!building.fitted) {
      const { recipe } = building;
      if (learns(recipe) && recipe.learning.from === 'pairs') {
        steps.push({ kind: 'pairs', run: (control) => work.pair(fresh(), control) });
      }
      steps.push({ kind: 'fit', run: (control) => work.fit(fresh(), control) });
    }
    steps.push({ kind: 'build', run: (control) => work.build(fresh(), control) });
    // Without anything to read there is no such step to be seen.
    return this.#hasUnread(building) ? steps : steps.filter(({ kind }) => kind !== 'extract');
  }

  #hasUnread({ extractionKey }: StoredGeneration): boolean {
    const { library, mayCache } = this.#parts;
    if (extractionKey === '') return true;
    const bytes = codeLength(library.layoutOfExtraction(extractionKey));
    return mayCache(bytes) && library.powerMeans.missing(extractionKey).length > 0;
  }
}
