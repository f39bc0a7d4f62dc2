/** Process that imports one model, so that a model that ends the process which loads it ends nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type ModelInfo, SemblanceError, toErrorReport } from '../contract/index.ts';
import type { ImportAnswer, ModelImport } from './add-model.ts';
import { readBackbone } from './import-model.ts';
import { storeModel } from './store-model.ts';

/** An ONNX file holds no more than this. */
const mostBytes = 2 ** 31 - 1;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function importModel(request: ModelImport): Promise<ModelInfo> {
  const { file, name, preprocessing, layout, folder } = request;
  const bytes = readModelFile(file);
  const { graph, taps, size } = await readBackbone(bytes, path.dirname(file), preprocessing, layout);
  return storeModel(folder, graph, {
    name,
    title: name,
    purpose: 'Added from a file.',
    licence: 'as its author says',
    origin: `${path.basename(file)}, sha256 ${sha256(bytes).slice(0, 16)}…`,
    size,
    eightBit: null,
    taps: taps.map(({ name: tap, channels, stride }) => ({ name: tap, channels, stride })),
  });
}

/** @throws SemblanceError `not-found`, `model-invalid` */
function readModelFile(file: string): Uint8Array {
  let size: number;
  try {
    size = statSync(file).size;
  } catch (cause) {
    throw new SemblanceError('not-found', `There is no file ${file}.`, { cause });
  }
  if (size > mostBytes)
    throw new SemblanceError('model-invalid', 'The model is larger than 2 GB. Use a smaller one.');
  return readFileSync(file);
}

process.once('message', (request: ModelImport) => {
  importModel(request)
    .then(
      (info): ImportAnswer => ({ info }),
      (error: unknown): ImportAnswer => ({ error: toErrorReport(error) }),
    )
    .then((answer) => process.send?.(answer, () => process.disconnect()))
    .catch(() => process.exit(1));
});
