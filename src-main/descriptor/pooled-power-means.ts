/** Pooling at any p straight from the cache's code: the inner loop of re-tuning. */
import { fastExponential } from './fast-exponential.ts';
import { interpolationWeights, powerMeanNodes } from './power-means.ts';
import { baseLogarithm, incrementRow, increments, type PowerMeanCode } from './statistics-code.ts';

/**
 * GeM at p of every channel, by interpolation of log GeM over log p, as `gem` does it from numbers.
 *
 * With the nodes' logarithms L_k = base + Σ increments up to k, and Lagrange weights that add up to one, the
 * interpolated logarithm is base + Σ_k increment_k · (sum of the weights from k on).
 *
 * The loops go increment by increment, not channel by channel: the bytes are then read in the order in which they lie.
 */
export class PowerMeanPooling {
  /** What each increment counts for in the logarithm at p. */
  readonly #shares: number[];
  /** Increments to the node at or below p. */
  readonly #below: number;
  readonly #isNode: boolean;
  #logs = new Float64Array();
  #least = new Float64Array();

  /**
   * @param p 1 … 10, or Infinity for the maximum
   * @throws SemblanceError `invalid-arguments` for another p
   */
  constructor(p: number) {
    const node = p === Infinity ? increments : powerMeanNodes.findIndex((each) => each === p);
    this.#isNode = node >= 0;
    if (this.#isNode) {
      this.#below = node;
      this.#shares = Array.from({ length: node }, () => 1);
    } else {
      const weights = interpolationWeights(p);
      this.#below = powerMeanNodes.findLastIndex((each) => each < p);
      this.#shares = weights
        .slice(1)
        .map((_, k) => weights.slice(k + 1).reduce((sum, weight) => sum + weight, 0));
    }
  }

  /** @returns a number for each channel */
  pool({ steps, bases, increments: codes }: PowerMeanCode, channels: number): Float32Array {
    if (this.#logs.length < channels) {
      this.#logs = new Float64Array(channels);
      this.#least = new Float64Array(channels);
    }
    const [logs, least] = [this.#logs, this.#least];
    const row = incrementRow(channels);
    for (let i = 0; i < channels; i++) logs[i] = least[i] = baseLogarithm(bases[i]);
    for (let k = 0; k < this.#shares.length; k++) {
      const from = k * row;
      const share = this.#shares[k] * steps[k];
      for (let i = 0; i < channels; i++) {
        const increment = codes[from + i];
        logs[i] += share * (increment * increment);
      }
    }
    if (!this.#isNode) this.#bound(codes, steps, channels);
    const pooled = new Float32Array(channels);
    for (let i = 0; i < channels; i++) pooled[i] = fastExponential(logs[i]);
    return pooled;
  }

  /** GeM grows with p, so its neighbours' values bound it; the polynomial may overshoot where it is flat. */
  #bound(codes: Uint8Array, steps: Float32Array, channels: number): void {
    const [logs, least] = [this.#logs, this.#least];
    const row = incrementRow(channels);
    for (let k = 0; k < this.#below; k++) {
      const from = k * row;
      const step = steps[k];
      for (let i = 0; i < channels; i++) {
        const increment = codes[from + i];
        least[i] += step * (increment * increment);
      }
    }
    const from = this.#below * row;
    const step = steps[this.#below];
    for (let i = 0; i < channels; i++) {
      const rise = codes[from + i];
      const most = least[i] + step * (rise * rise);
      logs[i] = Math.min(most, Math.max(least[i], logs[i]));
    }
  }
}
