/** What a network's values span on photos, and how much of it is worth a share of 256 steps. */
import type { ValueRange } from './onnx/quantisation.ts';

const bins = 2048;
/** Narrower ranges that are tried, each against the error that it makes. */
const candidates = 50;
/** Of the widest range; what is cut off beyond would be a maximum, and maxima tell. */
const narrowest = 0.4;
const levels = 255;
/** Of larger maps every fifth value is counted; extremes are of all. */
const manyValues = 1 << 16;
const sampleStride = 5;

/** Counts values in bins of equal width, whose width doubles whenever a value lies beyond. */
export class ValueHistogram {
  #least = Infinity;
  #most = -Infinity;
  readonly #counts = new Float64Array(bins);
  /** Of what the bins span, to both sides of zero. */
  #reach = 1e-6;

  add(values: Float32Array): void {
    let [least, most] = [this.#least, this.#most];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    [this.#least, this.#most] = [least, most];
    while (this.#reach < Math.max(-least, most)) this.#double();
    const counts = this.#counts;
    const [factor, middle] = [bins / 2 / this.#reach, bins / 2];
    const stride = values.length > manyValues ? sampleStride : 1;
    for (let i = 0; i < values.length; i += stride) {
      const bin = Math.floor(values[i] * factor + middle);
      counts[bin < bins ? bin : bins - 1] += 1;
    }
  }

  #double(): void {
    const old = this.#counts.slice();
    this.#counts.fill(0);
    old.forEach((count, bin) => (this.#counts[bins / 4 + Math.floor(bin / 2)] += count));
    this.#reach *= 2;
  }

  /** All that was seen. */
  whole(): ValueRange {
    return { least: Math.min(0, this.#least), most: Math.max(0, this.#most) };
  }

  /**
   * The range whose 256 steps make the least mean squared error: narrower steps for most values against cutting off the
   * few beyond (Krishnamoorthi, arXiv:1806.08342, §3.1.2; errors within a step are taken as evenly distributed).
   */
  narrowed(): ValueRange {
    const { least: low, most: high } = this.whole();
    let best = this.whole();
    let bestError = Infinity;
    for (let i = 0; i <= candidates; i++) {
      const share = 1 - (i * (1 - narrowest)) / candidates;
      const range = { least: low * share, most: high * share };
      const error = this.#error(range);
      if (error < bestError) [best, bestError] = [range, error];
    }
    return best;
  }

  #error({ least, most }: ValueRange): number {
    const within = ((most - least) / levels) ** 2 / 12;
    const width = (2 * this.#reach) / bins;
    return this.#counts.reduce((error, count, bin) => {
      const value = (bin + 0.5) * width - this.#reach;
      const beyond = value > most ? value - most : value < least ? least - value : 0;
      return error + count * (beyond > 0 ? beyond ** 2 : within);
    }, 0);
  }
}
