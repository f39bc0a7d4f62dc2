/** Weights that an ONNX file keeps in files beside it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { SemblanceError } from '../contract/index.ts';
import type { Model, Tensor } from './onnx/schema.ts';

/** Value of `data_location` that says so. */
const external = 1;
/** An ONNX file holds no more than this, all weights included. */
const mostBytes = 2 ** 31 - 1;

/**
 * Takes the weights into the model, in place.
 * @param folder of the ONNX file; what lies elsewhere is not read
 * @throws SemblanceError `model-invalid` that names the files that are missing, or says what is wrong with them
 */
export function takeInExternalData({ graph }: Model, folder: string): void {
  const outside = graph.initializer.filter(({ data_location }) => data_location === external);
  const missing = new Set<string>();
  let total = 0;
  for (const tensor of outside) {
    const { location, offset, length } = placeOf(tensor);
    const file = path.resolve(folder, location);
    if (path.dirname(file) !== path.resolve(folder)) {
      throw new SemblanceError(
        'model-invalid',
        `The model wants '${location}', which is not beside it. Put all of its files into one folder.`,
      );
    }
    const bytes = readPart(file, offset, length);
    if (bytes === null) {
      missing.add(location);
      continue;
    }
    total += bytes.length;
    if (total > mostBytes) {
      throw new SemblanceError('model-invalid', 'The model is larger than 2 GB. Use a smaller one.');
    }
    tensor.raw_data = bytes;
    tensor.external_data = [];
    tensor.data_location = 0;
  }
  if (missing.size === 0) return;
  throw new SemblanceError(
    'model-invalid',
    `The model keeps its weights in ${[...missing].join(', ')}. Put that beside it.`,
  );
}

function placeOf({ external_data: entries = [] }: Tensor): {
  location: string;
  offset: number;
  length: number | null;
} {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const length = values.get('length');
  return {
    location: values.get('location') ?? '',
    offset: Number(values.get('offset') ?? 0),
    length: length === undefined ? null : Number(length),
  };
}

/** @returns null when there is no such file */
function readPart(file: string, offset: number, length: number | null): Uint8Array | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const wanted = length ?? fstatSync(descriptor).size - offset;
    const fits = Number.isSafeInteger(wanted) && wanted >= 0 && offset >= 0;
    if (!fits || offset + wanted > fstatSync(descriptor).size) {
      throw new SemblanceError('model-invalid', `${path.basename(file)} is too short. Get it again.`);
    }
    const bytes = new Uint8Array(wanted);
    readSync(descriptor, bytes, 0, wanted, offset);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
