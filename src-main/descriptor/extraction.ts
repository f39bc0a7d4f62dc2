/** What the network is asked for: the part of a recipe that the power-mean cache depends on. */
import { createHash } from 'node:crypto';
import {
  type ModelInfo,
  modelOfTap,
  noModel,
  type Recipe,
  SemblanceError,
  type Tap,
} from '../contract/index.ts';
import { canonical, sha256 } from './canonical.ts';
import type { PowerMeanLayout } from './power-means.ts';
import type { AttentionWeights, TapStatistic } from './tap-statistics.ts';

export interface Extraction {
  /** Name of the model of all taps that name no other, and the hash that tells it from others of that name. */
  model: string;
  modelSha256: string;
  /** Length in pixels of the longer side at scale 1. */
  longerSide: number;
  /** Factors on it. */
  scales: number[];
  /** A tap is listed once for each statistic that is wanted of it. */
  taps: ExtractionTap[];
}

export interface ExtractionTap {
  name: string;
  /** Where it is taken from another model than the extraction's. */
  model?: TapModel;
  channels: number;
  statistic: TapStatistic;
}

/** A model by its name and by what it contains. */
export interface TapModel {
  name: string;
  sha256: string;
}

type ModelFacts = Pick<ModelInfo, 'name' | 'sha256' | 'taps'>;

/** Changes when the way of computing changes although the recipe reads the same. */
const extractionVersion = 1;

/** Learned weights of the recipe's attention poolings, by the tap's place in the recipe. */
export type AttentionByTap = ReadonlyMap<number, AttentionWeights>;

/**
 * All that a recipe needs, and nothing else.
 * @param models the recipe's model, or all that it names where its taps are of several; others among them do no harm
 * @throws SemblanceError `no-model` when one that it names is not among them, `model-invalid` when a model lacks a tap,
 *   `recipe-mismatch` when attention is not learned yet
 */
export function extractionOf(
  recipe: Recipe,
  models: ModelFacts | readonly ModelFacts[],
  attention: AttentionByTap = new Map(),
): Extraction {
  const facts = [models].flat();
  const own = namedAmong(facts, recipe.model);
  const taps: ExtractionTap[] = [];
  for (const [place, tap] of recipe.taps.entries()) {
    const model = namedAmong(facts, modelOfTap(recipe, tap));
    const other = model === own ? null : { name: model.name, sha256: model.sha256 };
    const known = model.taps.find(({ name }) => name === tap.name);
    if (known === undefined) {
      throw new SemblanceError('model-invalid', `The model '${model.name}' has no tap '${tap.name}'.`);
    }
    const statistic = statisticOf(tap, attention.get(place));
    // What is learned is judged against the average, which then must be there too.
    const wanted: TapStatistic[] =
      statistic.kind === 'attention' ? [{ kind: 'power-means' }, statistic] : [statistic];
    for (const each of wanted) {
      const has = taps.some(
        (before) =>
          before.name === tap.name &&
          before.model?.name === other?.name &&
          sameStatistic(before.statistic, each),
      );
      if (has) continue;
      const { name } = tap;
      taps.push({ name, ...(other && { model: other }), channels: known.channels, statistic: each });
    }
  }
  const { longerSide, scales } = recipe;
  return { model: own.name, modelSha256: own.sha256, longerSide, scales, taps };
}

/** @throws SemblanceError `no-model` */
function namedAmong(models: readonly ModelFacts[], name: string): ModelFacts {
  const model = models.find((each) => each.name === name);
  if (model) return model;
  throw noModel(name);
}

/** All models of an extraction, its own first, then those of its taps in their order. */
export function modelsOfExtraction({ model, modelSha256, taps }: Extraction): TapModel[] {
  const models: TapModel[] = [{ name: model, sha256: modelSha256 }];
  for (const { model: other } of taps) {
    if (other && !models.some(({ name }) => name === other.name)) models.push(other);
  }
  return models;
}

/** @throws SemblanceError `recipe-mismatch` */
function statisticOf({ name, pooling }: Tap, weights: AttentionWeights | undefined): TapStatistic {
  if (pooling.kind === 'pyramid') return { kind: 'pyramid', levels: pooling.levels };
  if (pooling.kind !== 'attention') return { kind: 'power-means' };
  if (weights) return { kind: 'attention', weights };
  throw new SemblanceError('recipe-mismatch', `The attention of '${name}' has not been learned yet.`);
}

/** What the cache of an extraction is filed under. */
export function extractionKey({ modelSha256, longerSide, scales, taps }: Extraction): string {
  const described = taps.map(({ name, model, statistic }) => {
    const isPlain = statistic.kind === 'power-means';
    if (model) return [name, isPlain ? null : describeStatistic(statistic), model.sha256];
    return isPlain ? name : [name, describeStatistic(statistic)];
  });
  return sha256({ extractionVersion, modelSha256, longerSide, scales, taps: described });
}

function describeStatistic(statistic: TapStatistic): unknown {
  if (statistic.kind !== 'attention') return statistic;
  const { hidden, w1, b1, w2, b2 } = statistic.weights;
  const hash = createHash('sha256');
  for (const part of [w1, b1, w2, Float32Array.of(b2)]) {
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return { kind: 'attention', hidden, weights: hash.digest('hex') };
}

function sameStatistic(a: TapStatistic, b: TapStatistic): boolean {
  return canonical(describeStatistic(a)) === canonical(describeStatistic(b));
}

export function layoutOf({ scales, taps }: Extraction): PowerMeanLayout {
  return { scales: scales.length, taps };
}

/** Where a recipe's scales and taps are found in an extraction. */
export interface Places {
  scales: number[];
  taps: number[];
}

/** @returns null when the extraction lacks something that the recipe needs */
export function placesIn(
  extraction: Extraction,
  recipe: Recipe,
  attention: AttentionByTap = new Map(),
): Places | null {
  if (extraction.longerSide !== recipe.longerSide) return null;
  const scales = recipe.scales.map((scale) =>
    extraction.scales.findIndex((other) => Math.abs(other - scale) < 1e-9),
  );
  const taps = recipe.taps.map((tap, place) => {
    const { pooling } = tap;
    // Attention that is yet to be learned is in no cache.
    if (pooling.kind === 'attention' && !attention.has(place)) return -1;
    const statistic = statisticOf(tap, attention.get(place));
    return extraction.taps.findIndex(
      (other) =>
        other.name === tap.name &&
        (other.model?.name ?? extraction.model) === modelOfTap(recipe, tap) &&
        sameStatistic(other.statistic, statistic),
    );
  });
  return scales.includes(-1) || taps.includes(-1) ? null : { scales, taps };
}
