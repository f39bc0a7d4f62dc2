/** Adds models to the user's own and takes them away again. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  eightBitName,
  type ErrorReport,
  type ModelInfo,
  type Preprocessing,
  SemblanceError,
  sibling,
} from '../contract/index.ts';
import { download, type DownloadOptions } from './download.ts';
import { ownModelsFolder } from './model-folders.ts';
import { installedModels } from './models.ts';
import { inNewFolder, isTaken } from './store-model.ts';

/** What is said of a model, where more is known than its file tells. */
export type ModelDescription = Pick<
  ModelInfo,
  'title' | 'purpose' | 'licence' | 'origin' | 'catalogueName' | 'usualTaps'
>;

export interface ModelImport {
  file: string;
  name: string;
  preprocessing: Preprocessing;
  /** null to take what the model's input looks like. */
  layout: 'nchw' | 'nhwc' | null;
  /** null for what the file tells. */
  description: ModelDescription | null;
  /** Hexadecimal, of the file that it should be; null for any. */
  sha256: string | null;
  /** An empty folder that the model is written to. */
  folder: string;
}

type ModelRequest = Omit<ModelImport, 'folder' | 'description' | 'sha256'> &
  Partial<Pick<ModelImport, 'description' | 'sha256'>>;

export type ImportAnswer = { info: ModelInfo } | { error: ErrorReport };

/** A name that is a folder, too; a copy's is a little longer. */
const namePattern = /^[A-Za-z0-9][\w.-]{0,63}$/;
const removablePattern = /^[A-Za-z0-9][\w.-]{0,79}$/;
/** A model that takes longer to look at than this never will be done. */
const patienceMs = 10 * 60_000;

/**
 * @param signal ends it; nothing of the model stays then
 * @throws SemblanceError `invalid-arguments` for names that are taken or none, `not-found`, `model-invalid` that says
 *   what the model lacks, `cancelled`
 */
export async function addModel(request: ModelRequest, signal?: AbortSignal): Promise<ModelInfo> {
  const { name, description = null, sha256 = null } = request;
  if (!namePattern.test(name)) {
    throw new SemblanceError(
      'invalid-arguments',
      `'${name}' cannot be a model's name. Use letters, digits, dots and hyphens.`,
    );
  }
  if (name === eightBitName(name.replace(/-8bit$/, ''))) {
    throw new SemblanceError(
      'invalid-arguments',
      `'${name}' is what an eight-bit copy would be called. Give another name.`,
    );
  }
  if (isTaken(name)) {
    throw new SemblanceError('invalid-arguments', `There is a model '${name}' already. Give another name.`);
  }
  return inNewFolder(name, async (folder) => {
    const file = path.resolve(request.file);
    const answer = await imported({ ...request, file, description, sha256, folder }, signal);
    if (signal?.aborted) throw stopped();
    if ('error' in answer) throw SemblanceError.fromReport(answer.error);
    return answer.info;
  });
}

/** Where a file from this address is kept until its model is installed. */
export function downloadedFile(address: string): string {
  const mark = createHash('sha256').update(address).digest('hex').slice(0, 16);
  return path.join(ownModelsFolder(), '.downloads', `${mark}.onnx`);
}

/**
 * The same for a file in the web. What was downloaded goes once the model is installed or turns out to be none, and stays
 * for another attempt where it was cut off or stopped.
 * @param options `onWhole` is told when the file is there, and the model is looked at
 * @throws SemblanceError of `download` and `addModel`
 */
export async function addModelFrom(
  address: string,
  request: Omit<ModelRequest, 'file'>,
  { onWhole, ...options }: DownloadOptions & { onWhole?: () => void },
): Promise<ModelInfo> {
  const file = downloadedFile(address);
  await download(address, file, options);
  onWhole?.();
  try {
    const info = await addModel({ ...request, file }, options.signal);
    rmSync(file, { force: true });
    return info;
  } catch (error) {
    // Whatever else went wrong is no fault of the file.
    if (error instanceof SemblanceError && error.code === 'model-invalid') rmSync(file, { force: true });
    throw error;
  }
}

function stopped(): SemblanceError {
  return new SemblanceError('cancelled', 'Adding the model was stopped.');
}

function imported(request: ModelImport, signal: AbortSignal | undefined): Promise<ImportAnswer> {
  if (signal?.aborted) return Promise.reject(stopped());
  const child = fork(fileURLToPath(sibling(import.meta.url, 'import-process')), {
    // What the runtime prints about a model is no concern of the person's.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: patienceMs,
    ...(signal && { signal }),
  });
  return new Promise((resolve, reject) => {
    let answer: ImportAnswer | null = null;
    let failure: Error | null = null;
    child.once('message', (message) => (answer = message as ImportAnswer));
    child.once('error', (error) => {
      failure = signal?.aborted ? stopped() : error;
      // Where the process could not even be started, no exit follows.
      if (child.pid === undefined) reject(failure);
    });
    // Only once it is gone, nothing is written to the folder any more.
    child.once('exit', () => {
      if (answer) resolve(answer);
      else reject(failure ?? crashed());
    });
    child.send(request, () => undefined);
  });
}

function crashed(): SemblanceError {
  return new SemblanceError(
    'model-invalid',
    'The model ended the process that looked at it: it is damaged, or too large for the memory.',
  );
}

/**
 * Takes a model away, and its eight-bit copy with it.
 * @throws SemblanceError `not-found` for a model that is none of the user's own
 */
export function removeModel(name: string): void {
  removeFolder(name);
  const copies = installedModels().filter(({ info }) => info.eightBit?.of === name);
  for (const { info } of copies) removeFolder(info.name);
}

function removeFolder(name: string): void {
  const folder = path.join(ownModelsFolder(), name);
  if (!removablePattern.test(name) || !existsSync(path.join(folder, 'model.json'))) {
    throw new SemblanceError(
      'not-found',
      `There is no model '${name}' that was added. See: semblance models`,
    );
  }
  // The description goes first: without it, the rest is no model.
  rmSync(path.join(folder, 'model.json'));
  rmSync(folder, { recursive: true });
}
