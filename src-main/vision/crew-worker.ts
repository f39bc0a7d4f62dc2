/** Thread that computes test pictures with one thread of the processor, as a reader of photos does. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { sayLoaded, uninterrupted } from '../contract/end-worker.ts';
import * as ort from './onnxruntime.ts';
import { sessionOptions } from './extractor.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { testPicture, usualSizes } from './test-picture.ts';

const loading = ort.InferenceSession.create(readFileSync(workerData as string), {
  ...sessionOptions(1),
  executionProviders: ['cpu'],
});

async function computePhotos(photos: number): Promise<void> {
  const session = await loading;
  for (let photo = 0; photo < photos; photo++) {
    for (const size of usualSizes) {
      const picture = new ort.Tensor('uint8', testPicture(size), [1, size.height, size.width, 3]);
      await uninterrupted(() => session.run({ [photoInput]: picture }));
    }
  }
  parentPort?.postMessage('done');
}

parentPort?.on('message', (photos: number) => void computePhotos(photos));
void loading.finally(sayLoaded).then(() => parentPort?.postMessage('ready'));
