/**
 * The steps from pooled activations to the descriptor, each as the factors by which it passes on what it is given.
 *
 * A step y = f(x) is passed together with what it makes of a blank picture, one without any activation. Its factors m
 * are such that y − y_blank = Σ m·(x − x_blank), so whatever counts for w in y counts for m·w in x, and what is left,
 * w·y_blank, belongs to no part of the picture. For linear steps m is the step itself. Lengths that vectors are divided
 * by are taken as they are, which makes L2 normalisation a linear step. Where f is not linear, this is the rescale rule
 * of Shrikumar, Greenside & Kundaje, Learning Important Features Through Propagating Activation Differences, ICML 2017:
 * unlike gradient times input, it adds up.
 */
import { SemblanceError } from '../contract/index.ts';
import type { EncoderFit } from './encoder.ts';
import type { FeatureSelection } from './fitted.ts';
import type { LinearMap } from './linear-map.ts';
import { divisorOf, type Standardisation } from './normalisation.ts';
import { activationFloor } from './power-means.ts';

/** What comes out of a step for the picture, and for a blank one. */
export interface Signal {
  seen: Float64Array;
  blank: Float64Array;
}

/** What each number that came out counts for becomes what each that went in counts for. */
export type Back = (weights: Float64Array) => Float64Array;

export interface Passed {
  signal: Signal;
  back: Back;
}

/** Of pooled activations; a blank picture has none. */
export function signalOf(pooled: ArrayLike<number>): Signal {
  return { seen: Float64Array.from(pooled), blank: new Float64Array(pooled.length) };
}

/** L2 normalisation and a weight, by the length that the picture's vector has; as `scaleToUnit`. */
export function passUnit({ seen, blank }: Signal, weight = 1, normalise = true): Passed {
  const length = normalise ? Math.sqrt(seen.reduce((sum, value) => sum + value * value, 0)) : 1;
  const factor = length === 0 ? weight : weight / length;
  const scaled = (vector: Float64Array): Float64Array => vector.map((value) => value * factor);
  return { signal: { seen: scaled(seen), blank: scaled(blank) }, back: scaled };
}

/** @throws SemblanceError `recipe-mismatch` when it was made for vectors of another length */
export function passSelection(signal: Signal, { inputs, features, factors }: FeatureSelection): Passed {
  checkLength(signal, inputs);
  const chosen = (vector: Float64Array): Float64Array =>
    Float64Array.from(features, (feature, i) => vector[feature] * (factors === null ? 1 : factors[i]));
  return {
    signal: { seen: chosen(signal.seen), blank: chosen(signal.blank) },
    back: (weights) => {
      const all = new Float64Array(inputs);
      features.forEach((feature, i) => (all[feature] += weights[i] * (factors === null ? 1 : factors[i])));
      return all;
    },
  };
}

/** @throws SemblanceError `recipe-mismatch` */
export function passStandardise(
  signal: Signal,
  { mean, deviation }: { [Part in keyof Standardisation]: Float64Array | Float32Array },
): Passed {
  checkLength(signal, mean.length);
  const scores = (vector: Float64Array): Float64Array =>
    vector.map((value, i) => (value - mean[i]) / divisorOf(deviation[i]));
  return {
    signal: { seen: scores(signal.seen), blank: scores(signal.blank) },
    back: (weights) => weights.map((weight, i) => weight / divisorOf(deviation[i])),
  };
}

/** A function of each number by itself; where a number is as in a blank picture, nothing is passed on. */
export function passEach({ seen, blank }: Signal, f: (value: number) => number): Passed {
  const [after, afterBlank] = [seen.map(f), blank.map(f)];
  const factors = seen.map((value, i) => {
    const difference = value - blank[i];
    return difference === 0 ? 0 : (after[i] - afterBlank[i]) / difference;
  });
  return {
    signal: { seen: after, blank: afterBlank },
    back: (weights) => weights.map((weight, i) => weight * factors[i]),
  };
}

/**
 * Subtracts a mean and multiplies by a matrix.
 * @throws SemblanceError `recipe-mismatch`
 */
export function passLinear(
  signal: Signal,
  { mean, matrix, dimension, inputs }: Omit<LinearMap, 'mean'> & { mean: Float32Array | null },
): Passed {
  checkLength(signal, inputs);
  const mapped = (vector: Float64Array): Float64Array => {
    const centred = mean === null ? vector : vector.map((value, i) => value - mean[i]);
    const result = new Float64Array(dimension);
    for (let row = 0; row < dimension; row++) {
      const start = row * inputs;
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += matrix[start + i] * centred[i];
      result[row] = sum;
    }
    return result;
  };
  return {
    signal: { seen: mapped(signal.seen), blank: mapped(signal.blank) },
    back: (weights) => {
      const result = new Float64Array(inputs);
      for (let row = 0; row < dimension; row++) {
        const [start, weight] = [row * inputs, weights[row]];
        for (let i = 0; i < inputs; i++) result[i] += weight * matrix[start + i];
      }
      return result;
    },
  };
}

/** The hidden units of an encoder pass on what they gain over a blank picture. @throws SemblanceError `recipe-mismatch` */
export function passEncoder(signal: Signal, fit: EncoderFit): Passed {
  const { w1, b1, w2, b2, hidden, dimension, inputs } = fit;
  return passAll(signal, [
    (given) => passStandardise(given, fit),
    (given) => passLinear(given, { mean: null, matrix: w1, dimension: hidden, inputs }),
    (given) => passAdded(given, b1),
    (given) => passEach(given, (value) => Math.max(0, value)),
    (given) => passLinear(given, { mean: null, matrix: w2, dimension, inputs: hidden }),
    (given) => passAdded(given, b2),
  ]);
}

function passAdded({ seen, blank }: Signal, added: Float32Array): Passed {
  const plus = (vector: Float64Array): Float64Array => vector.map((value, i) => value + added[i]);
  return { signal: { seen: plus(seen), blank: plus(blank) }, back: (weights) => weights };
}

/** Step after step. */
export function passAll(signal: Signal, steps: ((given: Signal) => Passed)[]): Passed {
  const backs: Back[] = [];
  let given = signal;
  for (const step of steps) {
    const passed = step(given);
    given = passed.signal;
    backs.push(passed.back);
  }
  return {
    signal: given,
    back: (weights) => backs.reduceRight((passedBack, back) => back(passedBack), weights),
  };
}

export interface PassedJoint {
  signal: Signal;
  /** One for each vector that was joined. */
  backs: Back[];
}

/** One behind the other. */
export function joinEndToEnd(parts: Signal[]): PassedJoint {
  const whole = (vectors: Float64Array[]): Float64Array =>
    Float64Array.from(vectors.flatMap((vector) => [...vector]));
  let at = 0;
  const backs = parts.map(({ seen }): Back => {
    const [from, to] = [at, (at += seen.length)];
    return (weights) => weights.slice(from, to);
  });
  return {
    signal: { seen: whole(parts.map(({ seen }) => seen)), blank: whole(parts.map(({ blank }) => blank)) },
    backs,
  };
}

/**
 * Element by element: the mean passes on equal parts; the maximum what it took, to whom it was taken from; GeM its
 * value in proportion to x^p. What GeM makes of numbers at its floor belongs to none of them.
 */
export function joinByElement(
  parts: Signal[],
  joint: { kind: 'mean' } | { kind: 'max' } | { kind: 'gem'; p: number },
): PassedJoint {
  const { length } = parts[0].seen;
  const factors = parts.map(() => new Float64Array(length));
  const signal = { seen: new Float64Array(length), blank: new Float64Array(length) };
  for (let i = 0; i < length; i++) {
    const values = parts.map(({ seen }) => seen[i]);
    const { joined, shares } = jointOf(values, joint);
    signal.seen[i] = joined;
    signal.blank[i] = joined;
    shares.forEach((share, part) => {
      factors[part][i] = share;
      signal.blank[i] -= share * (parts[part].seen[i] - parts[part].blank[i]);
    });
  }
  return {
    signal,
    backs: factors.map(
      (each): Back =>
        (weights) =>
          weights.map((weight, i) => weight * each[i]),
    ),
  };
}

function jointOf(
  values: number[],
  joint: Parameters<typeof joinByElement>[1],
): { joined: number; shares: number[] } {
  // As when descriptors are made: GeM of one scale is that scale.
  if (joint.kind === 'mean' || values.length === 1) {
    const joined = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { joined, shares: values.map(() => 1 / values.length) };
  }
  if (joint.kind === 'max') {
    const joined = Math.max(...values);
    const winner = values.indexOf(joined);
    return { joined, shares: values.map((_, i) => (i === winner ? 1 : 0)) };
  }
  const powers = values.map((value) => Math.max(value, activationFloor) ** joint.p);
  const total = powers.reduce((sum, power) => sum + power, 0);
  const joined = (total / values.length) ** (1 / joint.p);
  const shares = powers.map((power, i) =>
    values[i] > activationFloor ? (joined * power) / (total * values[i]) : 0,
  );
  return { joined, shares };
}

/** @throws SemblanceError `recipe-mismatch` */
function checkLength({ seen }: Signal, length: number): void {
  if (seen.length === length) return;
  throw new SemblanceError('recipe-mismatch', 'The fit was made for another recipe. Index again.');
}
