/** The pipeline as a row of stages, and which part of a recipe belongs to which. */
import {
  type ErrorReport,
  modelNames,
  modelOfTap,
  type Recipe,
  type Tap,
} from '../../src-main/contract/index.ts';
import { equal } from '../equal.ts';
import { withAugmentation } from './edits.ts';

export const stages = [
  {
    name: 'model',
    title: 'Model',
    purpose: 'A frozen neural network turns each photo into feature maps; all that follows works on those.',
  },
  {
    name: 'size',
    // Its last words stay together, so that it takes two lines at most.
    title: 'Size and\u00a0scales',
    purpose:
      'Each photo is looked at in these sizes: large ones show small things, small ones the scene as a whole.',
  },
  {
    name: 'taps',
    title: 'Taps',
    purpose:
      'Feature maps are taken at these depths of the network: early ones tell colour and texture, late ones things.',
  },
  {
    name: 'pooling',
    title: 'Pooling',
    purpose:
      'Each map becomes one number a channel: with p = 1 the average over the picture, with a larger p more and more its strongest spot.',
  },
  {
    name: 'joining',
    title: 'Joining',
    purpose: 'The vectors of all taps become one, and then those of all scales.',
  },
  {
    name: 'selection',
    title: 'Selection',
    purpose: 'Features that tell little are left out.',
  },
  {
    name: 'normalisation',
    title: 'Normalisation',
    purpose: 'These steps even the numbers out, in their order, before they are reduced.',
  },
  {
    name: 'reduction',
    title: 'Reduction',
    purpose:
      'Many features become few. Whitening weighs them: little of it finds the same kind of picture, much of it the very same thing.',
  },
  {
    name: 'length',
    title: 'Unit length',
    purpose:
      'Each descriptor is scaled to length 1, so that a search compares nothing but directions: cosine similarity. Photos can be made more like those that they resemble anyway.',
  },
] as const;

export type StageName = (typeof stages)[number]['name'];

export function titleOf(stage: StageName): string {
  return stages.find(({ name }) => name === stage)?.title ?? stage;
}

/** Stages that use what `learning` says. */
export function learningStages({ taps, selection, reduction }: Recipe): StageName[] {
  const learned: [StageName, boolean][] = [
    [
      'pooling',
      taps.some(({ pooling }) => pooling.kind === 'attention' || (pooling.kind === 'gem' && pooling.learned)),
    ],
    ['selection', selection.kind === 'mask'],
    ['reduction', ['autoencoder', 'projection', 'learned-whitening'].includes(reduction.kind)],
  ];
  return learned.filter(([, uses]) => uses).map(([stage]) => stage);
}

/** The stages in which two recipes differ. */
export function changedStages(from: Recipe, to: Recipe): Set<StageName> {
  const changed = new Set(
    stages.map(({ name }) => name).filter((stage) => !equal(partOf(from, stage), partOf(to, stage))),
  );
  if (!equal(sharedTaps(from, to), sharedTaps(to, from))) changed.add('taps');
  if (poolingDiffers(from, to)) changed.add('pooling');
  if (!equal(from.learning, to.learning)) for (const stage of learningStages(to)) changed.add(stage);
  return changed;
}

function partOf(recipe: Recipe, stage: StageName): unknown {
  const { longerSide, scales, aggregation, selection, normalisation, reduction } = recipe;
  switch (stage) {
    case 'model':
      return modelNames(recipe);
    case 'size':
      return { longerSide, scales };
    case 'joining':
      return aggregation;
    case 'selection':
      return selection;
    case 'normalisation':
      return normalisation;
    case 'reduction':
      return reduction;
    case 'length':
      return recipe.augmentation ?? null;
    case 'taps':
    case 'pooling':
      return null;
  }
}

/** The taps of models that another recipe has too: what came or went with a model is the model's change. */
function sharedTaps(recipe: Recipe, other: Recipe): unknown[] {
  const models = modelNames(other);
  return recipe.taps
    .map((tap) => ({ model: modelOfTap(recipe, tap), name: tap.name, weight: tap.weight, l2: tap.normalise }))
    .filter(({ model }) => models.includes(model));
}

/** A tap that came or went is the taps' change, and not the pooling's. */
function poolingDiffers(from: Recipe, to: Recipe): boolean {
  return pairedTaps(from, to).some(([before, after]) => !equal(before.pooling, after.pooling));
}

/** Taps of the same model and name; where one is listed more often, in their order. */
function pairedTaps(from: Recipe, to: Recipe): [Tap, Tap][] {
  const left = [...from.taps];
  return to.taps.flatMap((after) => {
    const place = left.findIndex((before) => isSameTap(from, before, to, after));
    return place < 0 ? [] : [[left.splice(place, 1)[0], after] satisfies [Tap, Tap]];
  });
}

function isSameTap(first: Recipe, a: Tap, second: Recipe, b: Tap): boolean {
  return a.name === b.name && modelOfTap(first, a) === modelOfTap(second, b);
}

/** A recipe with one stage as another recipe has it. */
export function withStageOf(recipe: Recipe, other: Recipe, stage: StageName): Recipe {
  const learning = learningStages(recipe).includes(stage) ? other.learning : recipe.learning;
  switch (stage) {
    case 'model':
      return withModelsOf(recipe, other);
    case 'size':
      return { ...recipe, longerSide: other.longerSide, scales: other.scales };
    case 'taps':
      return { ...recipe, taps: withPoolingOf({ ...recipe, taps: tapsOf(recipe, other) }, recipe) };
    case 'pooling':
      return { ...recipe, taps: withPoolingOf(recipe, other), learning };
    case 'joining':
      return { ...recipe, aggregation: other.aggregation };
    case 'selection':
      return { ...recipe, selection: other.selection, learning };
    case 'normalisation':
      return { ...recipe, normalisation: other.normalisation };
    case 'reduction':
      return { ...recipe, reduction: other.reduction, learning };
    case 'length':
      return withAugmentation(recipe, other.augmentation);
  }
}

/** Taps of models that both have stay as they are; those of others come and go with their models. */
function withModelsOf(recipe: Recipe, other: Recipe): Recipe {
  if (recipe.model !== other.model) return { ...recipe, model: other.model, taps: other.taps };
  const [models, names] = [modelNames(recipe), modelNames(other)];
  const kept = recipe.taps.filter((tap) => names.includes(modelOfTap(recipe, tap)));
  const added = other.taps.filter((tap) => !models.includes(modelOfTap(other, tap)));
  const taps = [...kept, ...added];
  // A recipe from elsewhere may have no tap of its own model.
  return { ...recipe, taps: taps.length > 0 ? taps : other.taps };
}

/** The taps as another recipe has them, of the models that both have. */
function tapsOf(recipe: Recipe, other: Recipe): Tap[] {
  const [models, names] = [modelNames(recipe), modelNames(other)];
  const theirs = other.taps
    .filter((tap) => models.includes(modelOfTap(other, tap)))
    .map((tap): Tap => {
      const { name, pooling, normalise, weight } = tap;
      const model = modelOfTap(other, tap);
      return { name, ...(model !== recipe.model && { model }), pooling, normalise, weight };
    });
  return [...theirs, ...recipe.taps.filter((tap) => !names.includes(modelOfTap(recipe, tap)))];
}

function withPoolingOf(recipe: Recipe, other: Recipe): Tap[] {
  const poolings = new Map(pairedTaps(other, recipe).map(([theirs, tap]) => [tap, theirs.pooling]));
  return recipe.taps.map((tap) => ({ ...tap, pooling: poolings.get(tap) ?? tap.pooling }));
}

/** The stage that keeps a draft from being previewed or applied. */
export function stageToBlame(code: ErrorReport['code'], current: Recipe, draft: Recipe): StageName {
  if (code === 'no-model') return 'model';
  if (code === 'model-invalid') return 'taps';
  if (code === 'no-ground-truth') return learningStages(draft).at(0) ?? 'selection';
  const changed = changedStages(current, draft);
  const unread = code === 'recipe-mismatch' ? stageToRead(current, draft) : null;
  return unread ?? stages.findLast(({ name }) => changed.has(name))?.name ?? 'reduction';
}

/** The first stage that asks for something that the recipe in service has not read of the photos, or null. */
function stageToRead(current: Recipe, draft: Recipe): StageName | null {
  const models = modelNames(current);
  if (modelNames(draft).some((name) => !models.includes(name))) return 'model';
  const known = (scale: number): boolean => current.scales.some((other) => Math.abs(other - scale) < 1e-9);
  if (draft.longerSide !== current.longerSide || !draft.scales.every(known)) return 'size';
  const alike = (wanted: Tap): Tap[] => current.taps.filter((tap) => isSameTap(current, tap, draft, wanted));
  if (draft.taps.some((tap) => alike(tap).length === 0)) return 'taps';
  const isRead = (tap: Tap): boolean =>
    alike(tap).some(({ pooling }) =>
      // Attention is read together with the power means.
      isPlain(tap.pooling) ? pooling.kind !== 'pyramid' : equal(pooling, tap.pooling),
    );
  return draft.taps.every(isRead) ? null : 'pooling';
}

/** Whether a pooling follows from power means, so that it needs no positions. */
function isPlain({ kind }: Tap['pooling']): boolean {
  return kind !== 'pyramid' && kind !== 'attention';
}
