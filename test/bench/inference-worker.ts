/**
 * The network alone, one thread a worker. For a smaller scale it takes the first rows of the picture's pixels as a
 * picture of the right size: real content, and no resizing that the floor would have to pay.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';

export interface InferenceSetup {
  graphPath: string;
  taps: string[];
  scales: number[];
  provider: string;
}

export interface Picture {
  /** RGB, row by row. */
  data: Uint8Array;
  width: number;
  height: number;
}

const { graphPath, taps, scales, provider } = workerData as InferenceSetup;
const session = await ort.InferenceSession.create(readFileSync(graphPath), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionProviders: [provider],
  // As in the pipeline: small activations to the tenth power are denormal, and cost a hundred times more than zero.
  extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
});

async function run(pictures: Picture[]): Promise<void> {
  for (const picture of pictures) {
    for (const scale of scales) {
      const width = Math.round(picture.width * scale);
      const height = Math.round(picture.height * scale);
      const pixels = picture.data.subarray(0, width * height * 3);
      await session.run(
        { [session.inputNames[0]]: new ort.Tensor('uint8', pixels, [1, height, width, 3]) },
        taps,
      );
    }
  }
  parentPort?.postMessage('done');
}

parentPort?.on('message', (pictures: Picture[]) => void run(pictures));
parentPort?.postMessage('ready');
