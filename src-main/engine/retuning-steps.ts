/** What is done, one after the other, to bring a generation into service. */
import { labelsLookedAt, learns, modelOfTap, type Recipe } from '../contract/index.ts';
import {
  type AttentionWeights,
  encodeFitted,
  type Extraction,
  extractionOf,
  fittedByPca,
} from '../descriptor/index.ts';
import { withoutLearning } from '../learn/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import type { LoneReader, Vision } from '../vision/index.ts';
import { analyse, analyseFor, type Groups } from './analysis.ts';
import { learnAttention } from './attention.ts';
import { describeCached } from './describe-cached.ts';
import { genericFit, photosForOwnFit } from './generic-fit.ts';
import type { JobControl } from './job-run.ts';
import { folderLabels, groupsFor } from './labels.ts';
import { Describer, extractionOfGeneration } from './describer.ts';
import { modelsOfRecipe } from './recipe-models.ts';
import { makePairs, readAgain } from './vision-job.ts';

export interface StepParts {
  library: Library;
  /** A reader of photos for an extraction, which the caller closes. */
  startVision: (extraction: Extraction) => Promise<Vision>;
  /** The same for photos that may kill whoever reads them. */
  startAlone: (extraction: Extraction) => LoneReader;
  /** Finds out what computes the models of an extraction fastest, where that is not known yet. */
  tryDevices: (extraction: Extraction, control: JobControl) => Promise<void>;
  /** Whether the cache has room for another photo of so many bytes. */
  mayCache: (bytes: number) => boolean;
  /** Called when another generation has come into service. */
  onSwapped: () => Promise<void>;
}

/** Each step returns whether there is anything to go on with. */
export class RetuningSteps {
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  /** Learns attention from feature maps, and with it what the network is asked for. */
  async attend(building: StoredGeneration, control: JobControl): Promise<boolean> {
    const { library, startVision } = this.#parts;
    const { recipe } = building;
    const models = modelsOfRecipe(recipe).map(({ info }) => info);
    const base = extractionOf(withoutLearning(recipe), models);
    const vision = await startVision(base);
    const weights = new Map<number, AttentionWeights>();
    try {
      for (const [place, tap] of recipe.taps.entries()) {
        const { pooling } = tap;
        if (pooling.kind !== 'attention') continue;
        weights.set(
          place,
          await learnAttention({ library, vision, recipe, tap, hidden: pooling.hidden }, control),
        );
      }
    } finally {
      await vision.close();
    }
    library.change(() =>
      library.generations.setExtraction(
        building.id,
        library.extractions.add(extractionOf(recipe, models, weights)),
      ),
    );
    return true;
  }

  /** Fills the cache with what the recipe needs of each photo, as far as its budget goes. */
  async read(building: StoredGeneration, control: JobControl): Promise<boolean> {
    const { library, startVision, startAlone, tryDevices, mayCache } = this.#parts;
    const { extractionKey } = building;
    const missing = library.powerMeans.missing(extractionKey);
    const extraction = extractionOfGeneration(library, building);
    await tryDevices(extraction, control);
    control.report({ step: 'Reading photos for the new recipe', done: 0, total: missing.length });
    const vision = await startVision(extraction);
    try {
      const readers = { vision, startAlone: () => startAlone(extraction) };
      await readAgain(library, missing, readers, control, (contentId, code) => {
        if (!mayCache(code.byteLength)) return;
        library.change(() => library.powerMeans.add(contentId, extractionKey, code));
      });
    } finally {
      await vision.close();
    }
    return true;
  }

  async pair(building: StoredGeneration, control: JobControl): Promise<boolean> {
    const { library, startVision } = this.#parts;
    const vision = await startVision(extractionOfGeneration(library, building));
    try {
      await makePairs(library, building.extractionKey, vision, control);
    } finally {
      await vision.close();
    }
    return true;
  }

  /** @returns false when learning made nothing better, and nothing is to change */
  async fit(building: StoredGeneration, control: JobControl): Promise<boolean> {
    const { library } = this.#parts;
    const { recipe, extractionKey, id } = building;
    const extraction = extractionOfGeneration(library, building);
    const photos = library.powerMeans.count(extractionKey);
    const generic = photos < photosForOwnFit ? genericFit(recipe, extraction) : null;
    if (generic) {
      const encodedFit = encodeFitted(fittedByPca(generic));
      const note = `Until there are ${photosForOwnFit} photos, a fit made on other photos serves.`;
      library.change(() =>
        library.generations.setFit(id, { fit: 'generic', encodedFit, fittedOn: generic.fittedOn, note }),
      );
      control.conclude(note);
      return true;
    }
    if (photos < 2 || !isFitted(recipe)) {
      library.change(() =>
        library.generations.setFit(id, { fit: 'none', encodedFit: null, fittedOn: 0, note: '' }),
      );
      return true;
    }
    const attention = attentionOf(recipe, extraction);
    const groups = this.#groups(recipe, extractionKey);
    const { encodedFit, fittedOn, guard } = await analyseFor(
      'fit',
      { kind: 'fit', libraryPath: library.path, extractionKey, recipe, attention, groups },
      control,
    );
    if (encodedFit === null) {
      const { before = 0, after = 0 } = guard ?? {};
      control.conclude(
        `Learning made nothing better on photos that it had not seen (mAP ${before.toFixed(3)} before, ${after.toFixed(3)} after), so nothing was changed.`,
      );
      return false;
    }
    const note = [
      guard &&
        `Learned: mAP ${guard.before.toFixed(3)} before, ${guard.after.toFixed(3)} after, on held-out photos.`,
      photos < photosForOwnFit &&
        `Fitted on ${fittedOn} photos only; from ${photosForOwnFit} on it gets better.`,
    ]
      .filter(Boolean)
      .join(' ');
    library.change(() => library.generations.setFit(id, { fit: 'library', encodedFit, fittedOn, note }));
    control.conclude(note);
    return true;
  }

  #groups(recipe: Recipe, extractionKey: string): Groups {
    const { library } = this.#parts;
    const by = labelsLookedAt(recipe);
    // Selecting by folders where there is one only selects at random, but does no harm.
    const isBound = by !== null && (learns(recipe) || by === 'tag');
    return isBound ? groupsFor(library, by, extractionKey) : folderLabels(library);
  }

  /** Computes every descriptor of the generation in the making, and puts it in service. */
  async build(building: StoredGeneration, control: JobControl): Promise<boolean> {
    const { library, onSwapped } = this.#parts;
    const total = library.contents.count();
    let done = library.generations.countDescriptors(building.id);
    control.report({ step: 'Rebuilding the index', done: 0, total });
    await describeCached(library.path, building, control, (batch) => {
      library.change(() => library.generations.addDescriptors(building.id, batch));
      done += batch.length;
      control.report({ done, total });
    });
    await this.#buildUncached(building, control);
    const complete = await this.#augmented(building, control);
    const before = library.generations.serving();
    library.decide(() => {
      if (before && before.recipeKey !== building.recipeKey)
        library.pastRecipes.add(before.recipe, Date.now());
      library.generations.putInService(complete.id);
    });
    await onSwapped();
    control.conclude(building.note === '' ? 'The new recipe is in service.' : `In service. ${building.note}`);
    return true;
  }

  /**
   * The generation with its descriptors augmented, where its recipe asks for it: a second one beside it, so that whatever
   * ends this half-way leaves the plain descriptors to begin with again.
   */
  async #augmented(building: StoredGeneration, control: JobControl): Promise<StoredGeneration> {
    const { library } = this.#parts;
    const { augmentation } = building.recipe;
    if (!augmentation) return building;
    control.report({ step: 'Mixing in similar photos' });
    const made = library.change(() => {
      library.generations.dropBegunFrom(building.id);
      return library.generations.create(building, 'building', Date.now());
    });
    const task = {
      kind: 'augment',
      libraryPath: library.path,
      generationId: building.id,
      augmentation,
    } as const;
    await analyse(task, control, (result) => {
      if (result.kind !== 'descriptors') return;
      library.change(() => library.generations.addDescriptors(made.id, result.batch));
    });
    return made;
  }

  /** Photos beyond the cache's budget go through the network, and only their descriptors are kept. */
  async #buildUncached(building: StoredGeneration, control: JobControl): Promise<void> {
    const { library, startVision, startAlone } = this.#parts;
    const missing = library.generations.missing(building.id);
    if (missing.length === 0) return;
    control.report({ step: 'Reading photos for the new recipe', done: 0, total: missing.length });
    const extraction = extractionOfGeneration(library, building);
    const describer = new Describer(building, extraction);
    const vision = await startVision(extraction);
    try {
      const readers = { vision, startAlone: () => startAlone(extraction) };
      await readAgain(library, missing, readers, control, async (contentId, code) => {
        const vector = await describer.describe(code);
        library.change(() => library.generations.addDescriptors(building.id, [{ contentId, vector }]));
      });
    } finally {
      await vision.close();
    }
  }
}

/** Whether a recipe leaves anything to be fitted. */
export function isFitted(recipe: Recipe): boolean {
  const { selection, normalisation, reduction } = recipe;
  return (
    learns(recipe) ||
    selection.kind !== 'none' ||
    normalisation.some(({ kind }) => kind === 'standardise') ||
    reduction.kind === 'pca' ||
    reduction.kind === 'random'
  );
}

/** The learned weights that an extraction holds, by the recipe's taps. */
function attentionOf(recipe: Recipe, extraction: Extraction): Map<number, AttentionWeights> {
  const weights = new Map<number, AttentionWeights>();
  for (const [place, tap] of recipe.taps.entries()) {
    if (tap.pooling.kind !== 'attention') continue;
    for (const { name, model, statistic } of extraction.taps) {
      const isSame = name === tap.name && (model?.name ?? extraction.model) === modelOfTap(recipe, tap);
      if (isSame && statistic.kind === 'attention') weights.set(place, statistic.weights);
    }
  }
  return weights;
}
