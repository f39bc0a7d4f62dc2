/** Process that reads photos one by one, so that one that kills it kills nothing else (lone-reader.ts). */
import { SemblanceError, toErrorReport } from '../contract/index.ts';
import type { LoneMessage, LoneRequest } from './lone-reader.ts';
import { Vision } from './vision.ts';

let vision: Vision | null = null;

async function answer(request: LoneRequest): Promise<LoneMessage> {
  if (request.kind === 'start') {
    vision = await Vision.start({ ...request.options, workers: 1 });
    return { kind: 'ready' };
  }
  if (!vision) throw new SemblanceError('internal', 'It has not been said how photos are read.');
  return { kind: 'reading', reading: await vision.extractFile(request.path, () => false) };
}

process.on('message', (request: LoneRequest) => {
  answer(request)
    .catch((error: unknown): LoneMessage => ({ kind: 'failed', error: toErrorReport(error) }))
    .then((message) => process.send?.(message))
    .catch(() => process.exit(1));
});
// Never outlive the engine.
process.on('disconnect', () => process.exit(0));
