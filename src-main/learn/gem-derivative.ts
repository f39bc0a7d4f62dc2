/** GeM from the logarithms of its nodes, with its derivative in log p: what learning p needs. */
import { powerMeanNodes } from '../descriptor/index.ts';

/** Range of log p, from average pooling to the last node. */
export const logExponentRange = { least: 0, most: Math.log(10) };

const nodes = powerMeanNodes.map((node) => Math.log(node));

/** Lagrange polynomials of the nodes at one log p. */
export interface Interpolation {
  weights: number[];
  /** Derivatives of the weights in log p. */
  slopes: number[];
  /** The node at or below log p; and the one above, or −1 when log p is a node, where nothing has to be bounded. */
  below: number;
  above: number;
}

export function interpolationAt(logExponent: number): Interpolation {
  const quotient = (i: number, j: number): number => (logExponent - nodes[j]) / (nodes[i] - nodes[j]);
  const othersOf = (...left: number[]): number[] => [...nodes.keys()].filter((j) => !left.includes(j));
  const productOf = (i: number, factors: number[]): number =>
    factors.reduce((product, j) => product * quotient(i, j), 1);
  return {
    weights: nodes.map((_, i) => productOf(i, othersOf(i))),
    slopes: nodes.map((node, i) =>
      othersOf(i).reduce((sum, k) => sum + productOf(i, othersOf(i, k)) / (node - nodes[k]), 0),
    ),
    below: nodes.findLastIndex((node) => node <= logExponent),
    above: nodes.includes(logExponent) ? -1 : nodes.findIndex((node) => node > logExponent),
  };
}

/**
 * Pools by the same interpolation as `gem` of descriptor/, bounded in the same way by the neighbouring nodes; where a
 * bound holds, the derivative is zero.
 * @param logs logarithms of GeM at the nodes, 6 × channels
 * @param target takes `channels` pooled numbers
 * @param slopes takes `channels` derivatives of them in log p
 */
export function gemWithSlope(
  { weights, slopes: weightSlopes, below, above }: Interpolation,
  logs: Float32Array,
  target: Float64Array,
  slopes: Float64Array,
): void {
  const channels = target.length;
  for (let channel = 0; channel < channels; channel++) {
    let logarithm = 0;
    let slope = 0;
    for (let node = 0; node < weights.length; node++) {
      const log = logs[node * channels + channel];
      logarithm += weights[node] * log;
      slope += weightSlopes[node] * log;
    }
    if (above >= 0) {
      const bounded = Math.min(
        logs[above * channels + channel],
        Math.max(logs[below * channels + channel], logarithm),
      );
      if (bounded !== logarithm) slope = 0;
      logarithm = bounded;
    }
    target[channel] = Math.exp(logarithm);
    slopes[channel] = target[channel] * slope;
  }
}
