/** Reads a folder of golden data: reference.json, arrays of little-endian float32, a network and pictures. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf, SemblanceError } from '../contract/index.ts';

const channels = v.pipe(v.array(v.number()), v.length(3));

const referenceSchema = v.object({
  mean: channels,
  std: channels,
  images: v.pipe(
    v.array(v.object({ file: v.string(), width: v.number(), height: v.number() })),
    v.minLength(1),
  ),
  train_rows: v.number(),
  labels: v.optional(v.array(v.number())),
  variance_threshold: v.optional(v.object({ threshold: v.number(), kept: v.array(v.number()) })),
  arrays: v.record(v.string(), v.object({ shape: v.array(v.number()), file: v.string() })),
});

export type Reference = v.InferOutput<typeof referenceSchema>;

/** An array of any shape; `rows` counts its first dimension. */
export interface ReferenceArray {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** @throws SemblanceError `not-found` or `invalid-arguments` */
export async function readReference(folder: string): Promise<Reference> {
  const file = path.join(folder, 'reference.json');
  const json = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SemblanceError(
      'not-found',
      `There is no reference.json in ${folder}. Name a folder of golden data.`,
      {
        cause,
      },
    );
  });
  try {
    return v.parse(referenceSchema, JSON.parse(json));
  } catch (cause) {
    const detail = messageOf(cause);
    throw new SemblanceError('invalid-arguments', `${file} is damaged (${detail}).`, { cause });
  }
}

/** @throws SemblanceError `invalid-arguments` when the file has not the size that its shape says */
export async function readArray(
  folder: string,
  { shape, file }: Reference['arrays'][string],
): Promise<ReferenceArray> {
  const bytes = await readFile(path.join(folder, file));
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== 4 * length) {
    throw new SemblanceError(
      'invalid-arguments',
      `${file} should hold ${length} numbers of four bytes each.`,
    );
  }
  const values = Float32Array.from({ length }, (_, i) => bytes.readFloatLE(4 * i));
  return { rows: shape[0], columns: length / shape[0], values };
}

/** How far an array is from the reference, as the golden data's README defines it. */
export interface ArrayError {
  array: string;
  maxAbsoluteError: number;
  maxRelativeError: number;
  /** Of scores whose order matters and not their size: rank correlation where the expected score is positive. */
  spearman?: number;
}

/** The relative error is |a − b| / max(|b|, 1e-5 · max |B|); NaN equals NaN, and nothing else. */
export function compareArrays(
  array: string,
  computed: ArrayLike<number>,
  expected: Float32Array,
): ArrayError {
  if (computed.length !== expected.length) {
    throw new SemblanceError(
      'internal',
      `${array}: computed ${computed.length} numbers, not ${expected.length}.`,
    );
  }
  const peak = expected.reduce(
    (most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))),
    0,
  );
  let maxAbsoluteError = 0;
  let maxRelativeError = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [computed[i], expected[i]];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const error = Number.isNaN(a) || Number.isNaN(b) ? Infinity : Math.abs(a - b);
    maxAbsoluteError = Math.max(maxAbsoluteError, error);
    maxRelativeError = Math.max(maxRelativeError, error / Math.max(Math.abs(b), 1e-5 * peak));
  }
  return { array, maxAbsoluteError, maxRelativeError };
}
