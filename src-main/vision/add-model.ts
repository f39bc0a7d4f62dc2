/** Adds models to the user's own and takes them away again. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ErrorReport,
  type ModelInfo,
  type Preprocessing,
  SemblanceError,
  sibling,
} from '../contract/index.ts';
import { download, type DownloadOptions } from './download.ts';
import { ownModelsFolder } from './model-folders.ts';
import { installedModels } from './models.ts';

export interface ModelImport {
  file: string;
  name: string;
  preprocessing: Preprocessing;
  /** null to take what the model's input looks like. */
  layout: 'nchw' | 'nhwc' | null;
  /** Where own models lie. */
  folder: string;
}

export type ImportAnswer = { info: ModelInfo } | { error: ErrorReport };

/** A name that is a folder, too. */
const namePattern = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** A model that takes longer to look at than this never will be done. */
const patienceMs = 10 * 60_000;

/**
 * @throws SemblanceError `invalid-arguments` for names that are taken or none, `not-found`, `model-invalid` that says
 *   what the model lacks
 */
export async function addModel(request: Omit<ModelImport, 'folder'>): Promise<ModelInfo> {
  const { name } = request;
  if (!namePattern.test(name)) {
    throw new SemblanceError(
      'invalid-arguments',
      `'${name}' cannot be a model's name. Use letters, digits, dots and hyphens.`,
    );
  }
  const folder = ownModelsFolder();
  const taken =
    installedModels().some(({ info }) => info.name === name) || existsSync(path.join(folder, name));
  if (taken) {
    throw new SemblanceError('invalid-arguments', `There is a model '${name}' already. Give another name.`);
  }
  const answer = await imported({ ...request, file: path.resolve(request.file), folder });
  if ('error' in answer) throw SemblanceError.fromReport(answer.error);
  return answer.info;
}

/**
 * The same for a file in the web. What was downloaded goes once the model is installed, and stays for another attempt where
 * it was cut off.
 * @throws SemblanceError of `download` and `addModel`
 */
export async function addModelFrom(
  address: string,
  request: Omit<ModelImport, 'folder' | 'file'>,
  options: DownloadOptions,
): Promise<ModelInfo> {
  const mark = createHash('sha256').update(address).digest('hex').slice(0, 16);
  const folder = path.join(ownModelsFolder(), '.downloads');
  const file = path.join(folder, `${mark}.onnx`);
  await download(address, file, options);
  try {
    return await addModel({ ...request, file });
  } finally {
    rmSync(file, { force: true });
  }
}

function imported(request: ModelImport): Promise<ImportAnswer> {
  const child = fork(fileURLToPath(sibling(import.meta.url, 'import-process')), {
    // What the runtime prints about a model is no concern of the person's.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: patienceMs,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as ImportAnswer));
    child.once('error', reject);
    child.once('exit', () =>
      reject(
        new SemblanceError(
          'model-invalid',
          'The model ended the process that looked at it: it is damaged, or too large for the memory.',
        ),
      ),
    );
    child.send(request);
  });
}

/** @throws SemblanceError `not-found` for a model that is none of the user's own */
export function removeModel(name: string): void {
  const folder = path.join(ownModelsFolder(), name);
  if (!namePattern.test(name) || !existsSync(path.join(folder, 'model.json'))) {
    throw new SemblanceError(
      'not-found',
      `There is no model '${name}' that was added. See: semblance models`,
    );
  }
  // The description goes first: without it, the rest is no model.
  rmSync(path.join(folder, 'model.json'));
  rmSync(folder, { recursive: true });
}
