/** Process that tries one execution provider on one model: a bad driver may end it, and nothing else. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { messageOf } from '../contract/index.ts';
import type { ProbeAnswer, ProbeRequest } from './devices.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { halfPrecisionGraph } from './onnx/half-precision.ts';
import { testPicture } from './test-picture.ts';

/** Large enough to have all sizes of maps, small enough for the slowest device. */
const size = { width: 192, height: 128 };
const rounds = 3;

async function probe({ provider, precision, graphPath }: ProbeRequest): Promise<ProbeAnswer> {
  const single = readFileSync(graphPath);
  const graph = precision === 'half' ? halfPrecisionGraph(single) : single;
  const session = await ort.InferenceSession.create(graph, { executionProviders: [provider] });
  const photo = new ort.Tensor('uint8', testPicture(size), [1, size.height, size.width, 3]);
  // The first run compiles and allocates.
  let results = await session.run({ [photoInput]: photo });
  const startedMs = performance.now();
  for (let round = 0; round < rounds; round++) results = await session.run({ [photoInput]: photo });
  const milliseconds = (performance.now() - startedMs) / rounds;
  const outputs = session.outputNames.map((name) => results[name].data as Float32Array);
  return { milliseconds, outputs };
}

process.once('message', (request: ProbeRequest) => {
  probe(request)
    .catch((error: unknown): ProbeAnswer => ({
      error: messageOf(error),
    }))
    // Ended at once: a driver that crashes while it is being unloaded has already said what it can do.
    .then((answer) => process.send?.(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
});
