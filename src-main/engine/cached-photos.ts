/** Photos to learn from and to measure with, described from their cached statistics. */
import type { Recipe } from '../contract/index.ts';
import {
  type AttentionByTap,
  decodeStatistics,
  type Extraction,
  layoutOf,
  placesIn,
  powerMeanNodes,
  type Rows,
  statisticLength,
} from '../descriptor/index.ts';
import { type GroundTruthQuery, groundTruthOfLabels, groundTruthOfTags } from '../evaluate/index.ts';
import type { NodeTable, TrainingPhotos } from '../learn/index.ts';
import { poolingCrew } from './pooling-crew.ts';

export interface CachedPhoto {
  contentId: number;
  /** As `encodeStatistics` makes it; in shared memory it is pooled on all cores. */
  code: Uint8Array;
  /** Photos with the same number match. */
  group: number;
  /** Of a photo that has some: it matches all that share one of them. */
  tags?: readonly number[] | undefined;
}

export class CachedPhotos implements TrainingPhotos {
  readonly ids: Int32Array;
  readonly groups: Int32Array;
  readonly #recipe: Recipe;
  readonly #extraction: Extraction;
  readonly #attention: AttentionByTap;
  readonly #photos: readonly CachedPhoto[];
  /** The latest descriptors, since the same are asked for several times. */
  #described: { key: string; rows: Rows } | null = null;

  constructor(
    recipe: Recipe,
    extraction: Extraction,
    photos: readonly CachedPhoto[],
    attention: AttentionByTap = new Map(),
  ) {
    this.#recipe = recipe;
    this.#extraction = extraction;
    this.#photos = photos;
    this.#attention = attention;
    this.ids = Int32Array.from(photos, ({ contentId }) => contentId);
    this.groups = Int32Array.from(photos, ({ group }) => group);
  }

  get count(): number {
    return this.#photos.length;
  }

  describe(exponents: ReadonlyMap<number, number>): Rows {
    const key = JSON.stringify([...exponents]);
    if (this.#described?.key === key) return this.#described.rows;
    const values = poolingCrew().describe(
      this.#recipe,
      this.#extraction,
      { exponents, attention: this.#attention },
      this.#photos.map(({ code }) => code),
    );
    const rows = { rows: this.count, columns: values.length / this.count, values };
    this.#described = { key, rows };
    return rows;
  }

  /** What a search should find. */
  groundTruth(): GroundTruthQuery[] {
    const byTag = this.#photos.some(({ tags }) => tags);
    return byTag
      ? groundTruthOfTags(this.#photos.map(({ tags }) => tags ?? []))
      : groundTruthOfLabels(this.groups);
  }

  subset(rows: readonly number[]): CachedPhotos {
    return this.with(
      this.#recipe,
      rows.map((row) => this.#photos[row]),
    );
  }

  /** The same photos by another recipe. */
  with(recipe: Recipe, photos = this.#photos): CachedPhotos {
    return new CachedPhotos(recipe, this.#extraction, photos, this.#attention);
  }

  nodeTable(): NodeTable {
    const layout = layoutOf(this.#extraction);
    const places = placesIn(this.#extraction, this.#recipe, this.#attention);
    const starts = statisticStarts(this.#extraction);
    const taps = this.#recipe.taps.map(({ normalise, weight }, i) => ({
      channels: this.#extraction.taps[places?.taps[i] ?? 0].channels,
      weight,
      normalise,
    }));
    const nodes = powerMeanNodes.length;
    const scales = places?.scales ?? [];
    const length = scales.length * nodes * taps.reduce((sum, { channels }) => sum + channels, 0);
    const logs = new Float32Array(this.count * length);
    let at = 0;
    for (const { code } of this.#photos) {
      const values = decodeStatistics(layout, code);
      for (const scale of scales) {
        for (const [i, { channels }] of taps.entries()) {
          const start = starts[scale][places?.taps[i] ?? 0];
          for (let k = 0; k < nodes * channels; k++) logs[at++] = Math.log(values[start + k]);
        }
      }
    }
    return { rows: this.count, scales: scales.length, taps, logs };
  }
}

/** Where each tap's numbers begin, scale by scale, among a photo's decoded statistics. */
function statisticStarts({ scales, taps }: Extraction): number[][] {
  let at = 0;
  return scales.map(() =>
    taps.map(({ statistic, channels }) => {
      const start = at;
      at += statisticLength(statistic, channels);
      return start;
    }),
  );
}
