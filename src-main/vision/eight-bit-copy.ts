/** Adds a model's eight-bit copy to the user's own, for processors that compute it faster. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  eightBitName,
  type ErrorReport,
  type ModelInfo,
  SemblanceError,
  sibling,
} from '../contract/index.ts';
import type { InstalledModel } from './models.ts';
import type { QuantisationRequest, Turn } from './quantise-model.ts';
import { inNewFolder, isTaken } from './store-model.ts';

export interface EightBitRequest extends QuantisationRequest {
  model: ModelInfo;
  /** Of the copy. */
  name: string;
  /** An empty folder that the copy is written to. */
  folder: string;
  /** A copy that is less than so many times as fast is not kept. */
  leastGain: number;
}

export type EightBitMessage =
  /** Waits for the answer 'go on'. */
  | { kind: 'progress'; step: string; done: number; total: number }
  | { kind: 'made'; info: ModelInfo }
  | { kind: 'failed'; error: ErrorReport };

export interface EightBitOptions {
  turn: Turn;
  /** Ends the work. */
  signal: AbortSignal;
  /** A copy that is less than so many times as fast is not kept. */
  leastGain: number;
}

/**
 * @throws SemblanceError `invalid-arguments` for a model that is a copy itself or has one, `not-available` where the copy
 *   would not agree with the model or gain nothing, `cancelled`, and of `quantisedModel`
 */
export async function addEightBitCopy(
  { info, graphPath }: InstalledModel,
  photos: Omit<QuantisationRequest, 'graphPath'>,
  { turn, signal, leastGain }: EightBitOptions,
): Promise<ModelInfo> {
  const name = eightBitName(info.name);
  if (info.eightBit) {
    throw new SemblanceError('invalid-arguments', `'${info.name}' computes in eight bits already.`);
  }
  if (isTaken(name)) {
    throw new SemblanceError(
      'invalid-arguments',
      `There is a model '${name}' already. Remove it to make it anew.`,
    );
  }
  return inNewFolder(name, (folder) =>
    made({ ...photos, graphPath, model: info, name, folder, leastGain }, turn, signal),
  );
}

function made(request: EightBitRequest, turn: Turn, signal: AbortSignal): Promise<ModelInfo> {
  const child = fork(fileURLToPath(sibling(import.meta.url, 'eight-bit-process')), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    let info: ModelInfo | null = null;
    let failure: Error | null = null;
    child.on('message', (message: EightBitMessage) => {
      if (message.kind === 'made') info = message.info;
      else if (message.kind === 'failed') failure = SemblanceError.fromReport(message.error);
      else {
        turn(message.step, message.done, message.total).then(
          () => child.send('go on', () => undefined),
          (error: unknown) => {
            failure = error instanceof Error ? error : new Error(String(error));
            child.kill('SIGKILL');
          },
        );
      }
    });
    child.once('error', (error) => {
      failure ??= error;
      // Where the process could not even be started, no exit follows.
      if (child.pid === undefined) reject(failure);
    });
    // Only once it is gone, nothing is written to the folder any more.
    child.once('exit', () => {
      if (info) resolve(info);
      else reject(signal.aborted ? stopped() : (failure ?? crashed()));
    });
    child.send(request, () => undefined);
  });
}

function stopped(): SemblanceError {
  return new SemblanceError('cancelled', 'No copy was made.');
}

function crashed(): SemblanceError {
  return new SemblanceError(
    'not-available',
    'The process that made the copy ended: the model is too large for the memory, or of a strange kind. Use it as it is.',
  );
}
