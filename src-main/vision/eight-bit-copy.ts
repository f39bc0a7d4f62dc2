/** Adds a model's eight-bit copy to the user's own, for processors that compute it faster. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  eightBitName,
  type ErrorReport,
  type ModelInfo,
  SemblanceError,
  sibling,
} from '../contract/index.ts';
import { ownModelsFolder } from './model-folders.ts';
import { type InstalledModel, installedModels } from './models.ts';
import type { QuantisationRequest, Turn } from './quantise-model.ts';

export interface EightBitRequest extends QuantisationRequest {
  model: ModelInfo;
  /** Of the copy. */
  name: string;
  /** Where own models lie. */
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
  const folder = ownModelsFolder();
  if (info.eightBit) {
    throw new SemblanceError('invalid-arguments', `'${info.name}' computes in eight bits already.`);
  }
  if (installedModels().some((model) => model.info.name === name) || existsSync(path.join(folder, name))) {
    throw new SemblanceError(
      'invalid-arguments',
      `There is a model '${name}' already. Remove it to make it anew.`,
    );
  }
  const child = fork(fileURLToPath(sibling(import.meta.url, 'eight-bit-process')), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    const ended = (): void =>
      reject(
        signal.aborted
          ? new SemblanceError('cancelled', 'No copy was made.')
          : new SemblanceError(
              'not-available',
              'The process that made the copy ended: the model is too large for the memory, or of a strange kind. Use it as it is.',
            ),
      );
    child.on('message', (message: EightBitMessage) => {
      if (message.kind === 'made') resolve(message.info);
      else if (message.kind === 'failed') reject(SemblanceError.fromReport(message.error));
      else {
        turn(message.step, message.done, message.total).then(
          () => child.send('go on'),
          (error: unknown) => {
            child.kill('SIGKILL');
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }
    });
    child.once('error', ended);
    child.once('exit', ended);
    const request: EightBitRequest = { ...photos, graphPath, model: info, name, folder, leastGain };
    child.send(request);
  });
}
