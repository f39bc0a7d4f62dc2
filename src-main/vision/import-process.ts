/** Process that imports one model, so that a model that ends the process which loads it ends nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type ModelInfo, SemblanceError, toErrorReport } from '../contract/index.ts';
import type { ImportAnswer, ModelImport } from './add-model.ts';
import { readBackbone } from './import-model.ts';
import { writeModelFolder } from './store-model.ts';

/** An ONNX file holds no more than this. */
const mostBytes = 2 ** 31 - 1;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function importModel(request: ModelImport): Promise<ModelInfo> {
  const { file, name, preprocessing, layout, description, folder } = request;
  const bytes = readModelFile(file);
  const fileSha256 = sha256(bytes);
  if (request.sha256 !== null && fileSha256 !== request.sha256) throw otherFile(description?.title ?? name);
  const { graph, taps, size } = await readBackbone(bytes, path.dirname(file), preprocessing, layout);
  return writeModelFolder(folder, graph, {
    name,
    title: description?.title ?? name,
    purpose: description?.purpose ?? 'Added from a file.',
    licence: description?.licence ?? 'as its author says',
    origin: `${description?.origin ?? path.basename(file)}, sha256 ${fileSha256.slice(0, 16)}…`,
    catalogueName: description?.catalogueName ?? null,
    size,
    eightBit: null,
    taps: taps.map(({ name: tap, channels, stride }) => ({ name: tap, channels, stride })),
    usualTaps: description?.usualTaps ?? [],
  });
}

function otherFile(title: string): SemblanceError {
  return new SemblanceError(
    'model-invalid',
    `This is not the file that the catalogue knows as ${title} (its sha256 differs). Get that one, or import this one under a name of its own.`,
  );
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
