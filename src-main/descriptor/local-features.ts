/**
 * What is compared place by place where two pictures are held against each other: the cells of a feature map that stand
 * out most, each with where it is and 256 bits that say what is there. The bits are the signs of a random rotation, of
 * which two cells share the more the smaller the angle between them is (SimHash: Charikar, Similarity Estimation
 * Techniques from Rounding Algorithms, STOC 2002). The rotation is three rounds of random signs and a Walsh-Hadamard
 * transform, which takes n·log n additions instead of n² (Andoni, Indyk, Laarhoven, Razenshteyn & Schmidt, Practical and
 * Optimal LSH for Angular Distance, NIPS 2015).
 */
import { SemblanceError } from '../contract/index.ts';
import { sha256 } from './canonical.ts';
import { randomFrom } from './random.ts';

export interface LocalFeatures {
  /** Width of the picture as seen, divided by its height. */
  aspect: number;
  /** Distance of two cells, as a fraction of the picture's longer side. */
  spacing: number;
  /** x and y of each, in fractions of the picture's width and height as seen. */
  places: Float32Array;
  /** `wordsPerCell` words of bits for each. */
  codes: Uint32Array;
}

/** channels × height × width, as a network gives it. */
interface FeatureMap {
  map: Float32Array;
  channels: number;
  height: number;
  width: number;
}

/** Changes whenever the same picture would give other features. */
const localFeaturesVersion = 1;
/** Cells that are kept of a picture. */
export const mostCells = 200;
export const bitsPerCell = 256;
export const wordsPerCell = bitsPerCell / 32;
const rounds = 3;
const seed = 20_260_727;

/**
 * The cells that differ most from the picture's mean, which is taken away from all of them: what a picture is like
 * everywhere tells no place from another.
 * @param aspect of the picture as seen; a model that takes one size only has maps of another shape
 */
export function localFeaturesOf({ map, channels, height, width }: FeatureMap, aspect: number): LocalFeatures {
  const positions = height * width;
  const means = new Float32Array(channels);
  const strengths = new Float32Array(positions);
  for (let channel = 0; channel < channels; channel++) {
    const values = map.subarray(channel * positions, (channel + 1) * positions);
    let sum = 0;
    for (const value of values) sum += value;
    const mean = sum / positions;
    means[channel] = mean;
    for (let cell = 0; cell < positions; cell++) strengths[cell] += (values[cell] - mean) ** 2;
  }
  const cells = Array.from(strengths.keys())
    .filter((cell) => strengths[cell] > 0)
    .sort((a, b) => strengths[b] - strengths[a] || a - b)
    .slice(0, mostCells);
  const places = new Float32Array(2 * cells.length);
  const codes = new Uint32Array(wordsPerCell * cells.length);
  const rotation = rotationFor(channels);
  const vector = new Float32Array(rotation.size);
  for (const [i, cell] of cells.entries()) {
    places[2 * i] = ((cell % width) + 0.5) / width;
    places[2 * i + 1] = (Math.floor(cell / width) + 0.5) / height;
    vector.fill(0);
    for (let channel = 0; channel < channels; channel++) {
      vector[channel] = map[channel * positions + cell] - means[channel];
    }
    rotate(vector, rotation.signs);
    for (let bit = 0; bit < bitsPerCell; bit++) {
      if (vector[bit] > 0) codes[wordsPerCell * i + (bit >> 5)] |= 1 << (bit & 31);
    }
  }
  const spacing = Math.max(Math.min(1, aspect) / width, Math.min(1, 1 / aspect) / height);
  return { aspect, spacing, places, codes };
}

/** Those that lie in a part of the picture, or outside it. */
export function cellsWhere(
  features: LocalFeatures,
  isWanted: (x: number, y: number) => boolean,
): LocalFeatures {
  const { places, codes } = features;
  const kept = Array.from({ length: places.length / 2 }, (_, i) => i).filter((i) =>
    isWanted(places[2 * i], places[2 * i + 1]),
  );
  return {
    ...features,
    places: Float32Array.from(kept.flatMap((i) => [places[2 * i], places[2 * i + 1]])),
    codes: Uint32Array.from(
      kept.flatMap((i) => [...codes.subarray(wordsPerCell * i, wordsPerCell * (i + 1))]),
    ),
  };
}

/** What the features of pictures are kept by: those with another key are never compared. */
export function localFeaturesKey(madeWith: { modelSha256: string; tap: string; longerSide: number }): string {
  return sha256({ localFeaturesVersion, ...madeWith });
}

interface Rotation {
  /** Power of two: as many numbers as go in, and at least as many as bits come out. */
  size: number;
  /** ±1, `size` for each round. */
  signs: Float32Array;
}

const rotations = new Map<number, Rotation>();

function rotationFor(channels: number): Rotation {
  const size = Math.max(bitsPerCell, 2 ** Math.ceil(Math.log2(channels)));
  const known = rotations.get(size);
  if (known) return known;
  const random = randomFrom(seed);
  const made = { size, signs: Float32Array.from({ length: rounds * size }, () => (random() < 0.5 ? -1 : 1)) };
  rotations.set(size, made);
  return made;
}

/** In place, and longer by a constant factor: only signs are looked at. */
function rotate(vector: Float32Array, signs: Float32Array): void {
  const size = vector.length;
  for (let start = 0; start < signs.length; start += size) {
    for (let i = 0; i < size; i++) vector[i] *= signs[start + i];
    for (let half = 1; half < size; half *= 2) {
      for (let block = 0; block < size; block += 2 * half) {
        for (let i = block; i < block + half; i++) {
          const [sum, difference] = [vector[i] + vector[i + half], vector[i] - vector[i + half]];
          vector[i] = sum;
          vector[i + half] = difference;
        }
      }
    }
  }
}

const headerFloats = 2;
const placeSteps = 65_535;
const bytesPerCell = 4 + 4 * wordsPerCell;

/** Bytes that the most cells take. */
export const mostLocalFeatureBytes = 4 * headerFloats + bytesPerCell * mostCells;

/** At most `mostLocalFeatureBytes`, in the byte order of all machines that there are today. */
export function encodeLocalFeatures({ aspect, spacing, places, codes }: LocalFeatures): Uint8Array {
  const header = Float32Array.of(aspect, spacing);
  const steps = Uint16Array.from(places, (place) => Math.round(place * placeSteps));
  return Buffer.concat([header, steps, codes].map(bytesOf));
}

/** @throws SemblanceError `library-damaged` */
export function decodeLocalFeatures(data: Uint8Array): LocalFeatures {
  const cells = (data.length - 4 * headerFloats) / bytesPerCell;
  if (!Number.isInteger(cells) || cells < 0) {
    throw new SemblanceError('library-damaged', 'The local features of a photo are not as they were stored.');
  }
  // Copied, because bytes that come from a database need not be aligned.
  const { buffer } = Uint8Array.from(data);
  const [aspect, spacing] = new Float32Array(buffer, 0, headerFloats);
  const steps = new Uint16Array(buffer, 4 * headerFloats, 2 * cells);
  const codes = new Uint32Array(buffer, 4 * headerFloats + steps.byteLength, wordsPerCell * cells);
  return { aspect, spacing, places: Float32Array.from(steps, (step) => step / placeSteps), codes };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
