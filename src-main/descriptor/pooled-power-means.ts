/** Pooling at any p straight from the cache's code: the inner loop of re-tuning. */
import { interpolationWeights, powerMeanNodes } from './power-means.ts';
import { baseLogarithm, incrementRow, increments, type PowerMeanCode } from './statistics-code.ts';

/**
 * GeM at p of every channel, by interpolation of log GeM over log p, as `gem` does it from numbers.
 *
 * With the nodes' logarithms L_k = base + Σ increments up to k, and Lagrange weights that add up to one, the
 * interpolated logarithm is base + Σ_k increment_k · (sum of the weights from k on).
 * @param p 1 … 10, or Infinity for the maximum
 * @throws SemblanceError `invalid-arguments` for another p
 */
export function pooledPowerMeans(code: PowerMeanCode, channels: number, p: number): Float32Array {
  const node = p === Infinity ? increments : powerMeanNodes.findIndex((each) => each === p);
  return node >= 0 ? atNode(code, channels, node) : between(code, channels, p);
}

function atNode(
  { steps, bases, increments: codes }: PowerMeanCode,
  channels: number,
  node: number,
): Float32Array {
  const row = incrementRow(channels);
  const pooled = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let logarithm = baseLogarithm(bases[channel]);
    for (let k = 0; k < node; k++) {
      const increment = codes[k * row + channel];
      logarithm += steps[k] * increment * increment;
    }
    pooled[channel] = Math.exp(logarithm);
  }
  return pooled;
}

function between(
  { steps, bases, increments: codes }: PowerMeanCode,
  channels: number,
  p: number,
): Float32Array {
  const weights = interpolationWeights(p);
  const inner = weights.length - 1;
  const factors = new Float64Array(inner);
  for (let k = 0; k < inner; k++) {
    const rest = weights.slice(k + 1).reduce((sum, weight) => sum + weight, 0);
    factors[k] = rest * steps[k];
  }
  const below = powerMeanNodes.findLastIndex((each) => each < p);
  const row = incrementRow(channels);
  const pooled = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const base = baseLogarithm(bases[channel]);
    let logarithm = base;
    let least = base;
    for (let k = 0; k < inner; k++) {
      const increment = codes[k * row + channel];
      const square = increment * increment;
      logarithm += factors[k] * square;
      if (k < below) least += steps[k] * square;
    }
    // GeM grows with p, so its neighbours' values bound it; the polynomial may overshoot where it is flat.
    const rise = codes[below * row + channel];
    const most = least + steps[below] * rise * rise;
    pooled[channel] = Math.exp(Math.min(most, Math.max(least, logarithm)));
  }
  return pooled;
}
