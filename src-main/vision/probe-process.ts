/** Process that tries one execution provider on one model: a bad driver may end it, and nothing else. */
import { readFileSync } from 'node:fs';
import * as ort from './onnxruntime.ts';
import { messageOf } from '../contract/index.ts';
import { crewTime } from './crew-time.ts';
import type { ProbeAnswer, ProbeRequest } from './devices.ts';
import { photoInput } from './onnx/extraction-graph.ts';
import { halfPrecisionGraph } from './onnx/half-precision.ts';
import { smallSize, testPicture, usualSizes } from './test-picture.ts';

/** Where the small picture takes longer, the others' time is taken to grow with their pixels. */
const patienceMs = 50;
const rounds = 3;

async function probe({ provider, precision, graphPath }: ProbeRequest): Promise<ProbeAnswer> {
  const single = readFileSync(graphPath);
  const graph = precision === 'half' ? halfPrecisionGraph(single) : single;
  const session = await ort.InferenceSession.create(graph, { executionProviders: [provider] });
  const compute = (size: typeof smallSize) =>
    session.run({
      [photoInput]: new ort.Tensor('uint8', testPicture(size), [1, size.height, size.width, 3]),
    });
  const timed = async (size: typeof smallSize): Promise<number> => {
    const startedMs = performance.now();
    await compute(size);
    return performance.now() - startedMs;
  };
  // The first run of a size compiles and allocates.
  const results = await compute(smallSize);
  const smallMs = await timed(smallSize);
  let milliseconds = 0;
  for (const size of usualSizes) {
    if (smallMs > patienceMs) milliseconds += (smallMs * pixels(size)) / pixels(smallSize);
    else {
      await compute(size);
      for (let round = 0; round < rounds; round++) milliseconds += (await timed(size)) / rounds;
    }
  }
  const outputs = session.outputNames.map((name) => results[name].data as Float32Array);
  return { milliseconds, outputs };
}

/** The processor once more, as it computes when many photos are read. */
async function probeCrew({ graphPath }: ProbeRequest): Promise<ProbeAnswer> {
  return { milliseconds: await crewTime(graphPath), outputs: [] };
}

function pixels({ width, height }: typeof smallSize): number {
  return width * height;
}

process.once('message', (request: ProbeRequest) => {
  (request.byAllCores ? probeCrew(request) : probe(request))
    .catch((error: unknown): ProbeAnswer => ({
      error: messageOf(error),
    }))
    // Ended at once: a driver that crashes while it is being unloaded has already said what it can do.
    .then((answer) => process.send?.(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
});
