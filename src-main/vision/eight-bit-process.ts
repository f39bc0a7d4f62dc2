/** Process that makes one eight-bit copy: it takes much memory for a while, and a strange model may end it. */
import { type ModelInfo, SemblanceError, toErrorReport } from '../contract/index.ts';
import type { EightBitMessage, EightBitRequest } from './eight-bit-copy.ts';
import { leastAgreement, quantisedModel, type Turn } from './quantise-model.ts';
import { writeModelFolder } from './store-model.ts';

function send(message: EightBitMessage): void {
  process.send?.(message);
}

let goOn: (() => void) | null = null;

const turn: Turn = (step, done, total) =>
  new Promise((resolve) => {
    goOn = resolve;
    send({ kind: 'progress', step, done, total });
  });

async function make({ model, name, folder, leastGain, ...request }: EightBitRequest): Promise<ModelInfo> {
  const { graph, agreement, gain } = await quantisedModel(request, turn);
  if (!(agreement.mean >= leastAgreement)) {
    throw new SemblanceError(
      'not-available',
      `In eight bits, descriptors by '${model.name}' would agree with its own to ${(100 * agreement.mean).toFixed(1)} % only; ${100 * leastAgreement} % is asked for. Use it as it is.`,
    );
  }
  if (!(gain >= leastGain)) {
    throw new SemblanceError(
      'not-available',
      `This processor would compute '${model.name}' in eight bits ${gain.toFixed(2)} times as fast, which is not worth another model. Use it as it is.`,
    );
  }
  return writeModelFolder(folder, graph, {
    name,
    title: `${model.title}, 8 bit`,
    purpose: 'A faster copy, made on this machine.',
    licence: model.licence,
    origin: `${model.title}, calibrated on photos of the library`,
    catalogueName: null,
    size: model.size,
    taps: model.taps,
    usualTaps: model.usualTaps,
    eightBit: { of: model.name, ofSha256: model.sha256, agreement, gain },
  });
}

process.on('message', (message: EightBitRequest | 'go on') => {
  if (message === 'go on') {
    goOn?.();
    return;
  }
  make(message)
    .then(
      (info): EightBitMessage => ({ kind: 'made', info }),
      (error: unknown): EightBitMessage => ({ kind: 'failed', error: toErrorReport(error) }),
    )
    .then((answer) => process.send?.(answer, () => process.disconnect()))
    .catch(() => process.exit(1));
});
