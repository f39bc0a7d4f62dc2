/** What the network is asked for: the part of a recipe that the power-mean cache depends on. */
import { createHash } from 'node:crypto';
import { type ModelInfo, type Recipe, SemblanceError, type Tap } from '../contract/index.ts';
import { canonical, sha256 } from './canonical.ts';
import type { PowerMeanLayout } from './power-means.ts';
import type { AttentionWeights, TapStatistic } from './tap-statistics.ts';

export interface Extraction {
  /** Name of the model, and the hash that tells it from others of that name. */
  model: string;
  modelSha256: string;
  /** Length in pixels of the longer side at scale 1. */
  longerSide: number;
  /** Factors on it. */
  scales: number[];
  /** A tap is listed once for each statistic that is wanted of it. */
  taps: { name: string; channels: number; statistic: TapStatistic }[];
}

/** Changes when the way of computing changes although the recipe reads the same. */
const extractionVersion = 1;

/** Learned weights of the recipe's attention poolings, by the tap's place in the recipe. */
export type AttentionByTap = ReadonlyMap<number, AttentionWeights>;

/**
 * All that a recipe needs, and nothing else.
 * @throws SemblanceError `model-invalid` when the model lacks a tap, `recipe-mismatch` when attention is not learned yet
 */
export function extractionOf(
  recipe: Recipe,
  model: Pick<ModelInfo, 'name' | 'sha256' | 'taps'>,
  attention: AttentionByTap = new Map(),
): Extraction {
  const taps: Extraction['taps'] = [];
  for (const [place, tap] of recipe.taps.entries()) {
    const known = model.taps.find(({ name }) => name === tap.name);
    if (known === undefined) {
      throw new SemblanceError('model-invalid', `The model '${model.name}' has no tap '${tap.name}'.`);
    }
    const statistic = statisticOf(tap, attention.get(place));
    // What is learned is judged against the average, which then must be there too.
    const wanted: TapStatistic[] =
      statistic.kind === 'attention' ? [{ kind: 'power-means' }, statistic] : [statistic];
    for (const each of wanted) {
      const has = taps.some((other) => other.name === tap.name && sameStatistic(other.statistic, each));
      if (!has) taps.push({ name: tap.name, channels: known.channels, statistic: each });
    }
  }
  const { longerSide, scales } = recipe;
  return { model: model.name, modelSha256: model.sha256, longerSide, scales, taps };
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
  const described = taps.map(({ name, statistic }) =>
    statistic.kind === 'power-means' ? name : [name, describeStatistic(statistic)],
  );
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
  if (extraction.model !== recipe.model || extraction.longerSide !== recipe.longerSide) return null;
  const scales = recipe.scales.map((scale) =>
    extraction.scales.findIndex((other) => Math.abs(other - scale) < 1e-9),
  );
  const taps = recipe.taps.map((tap, place) => {
    const { pooling } = tap;
    // Attention that is yet to be learned is in no cache.
    if (pooling.kind === 'attention' && !attention.has(place)) return -1;
    const statistic = statisticOf(tap, attention.get(place));
    return extraction.taps.findIndex(
      (other) => other.name === tap.name && sameStatistic(other.statistic, statistic),
    );
  });
  return scales.includes(-1) || taps.includes(-1) ? null : { scales, taps };
}
