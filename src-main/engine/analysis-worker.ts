/** Worker thread for work over the whole library: fits and descriptors, so that the main thread stays free. */
import { parentPort, workerData } from 'node:worker_threads';
import { SemblanceError, toErrorReport } from '../contract/index.ts';
import {
  decodePowerMeans,
  encodeFit,
  fitPca,
  type Matrix,
  type PowerMeanLayout,
  rawDescriptor,
} from '../descriptor/index.ts';
import { leaveOneOut } from '../evaluate/index.ts';
import { Library, type StoredGeneration } from '../library/index.ts';
import { runtimeProduct } from '../vision/index.ts';
import type { AnalysisMessage, AnalysisTask } from './analysis.ts';
import { reducerOf } from './serving.ts';

/** Photos that a fit looks at: enough for 256 components, and few enough to take seconds. */
const fitSample = 5000;
const descriptorsPerMessage = 256;

async function fit(library: Library, generation: StoredGeneration, layout: PowerMeanLayout): Promise<void> {
  const { recipe, extractionKey } = generation;
  if (recipe.reduction.kind !== 'pca') {
    throw new SemblanceError('invalid-arguments', 'This recipe has nothing to fit.');
  }
  const total = Math.min(fitSample, library.powerMeans.count(extractionKey));
  let values: Float64Array | null = null;
  let rows = 0;
  for (const { data } of library.powerMeans.sample(extractionKey, fitSample)) {
    const raw = rawDescriptor(recipe, layout, decodePowerMeans(data));
    values ??= new Float64Array(total * raw.length);
    if ((rows + 1) * raw.length > values.length) break;
    values.set(raw, rows * raw.length);
    rows += 1;
    if (rows % 100 === 0) send({ kind: 'progress', done: rows, total: 2 * total });
  }
  if (!values || rows === 0) throw new SemblanceError('not-enough-photos', 'There are no photos to fit on.');
  const matrix: Matrix = {
    rows,
    columns: values.length / total,
    values: values.subarray(0, (values.length / total) * rows),
  };
  const runtime = await runtimeProduct();
  try {
    const fitted = await fitPca(matrix, recipe.reduction.dimension, runtime.product, (done, of) =>
      send({ kind: 'progress', done: total + Math.round((total * done) / of), total: 2 * total }),
    );
    send({ kind: 'fit', encodedFit: encodeFit(fitted), fittedOn: fitted.fittedOn });
  } finally {
    await runtime.release();
  }
}

function describe(library: Library, generation: StoredGeneration, layout: PowerMeanLayout): void {
  const reduce = reducerOf(generation);
  let batch: { contentId: number; vector: Float32Array }[] = [];
  for (const { contentId, data } of library.powerMeans.withoutDescriptor(
    generation.extractionKey,
    generation.id,
  )) {
    const raw = rawDescriptor(generation.recipe, layout, decodePowerMeans(data));
    batch.push({ contentId, vector: reduce(raw) });
    if (batch.length === descriptorsPerMessage) {
      send({ kind: 'descriptors', batch });
      batch = [];
    }
  }
  send({ kind: 'descriptors', batch });
}

function send(message: AnalysisMessage): void {
  parentPort?.postMessage(message);
}

async function run(task: AnalysisTask): Promise<void> {
  if (task.kind === 'evaluate') {
    send({ kind: 'evaluation', quality: leaveOneOut(task.vectors, task.dimension, task.labels) });
    return;
  }
  const library = Library.open(task.libraryPath, 'read');
  try {
    if (task.kind === 'fit') await fit(library, task.generation, task.layout);
    else describe(library, task.generation, task.layout);
  } finally {
    library.close();
  }
}

run(workerData as AnalysisTask).then(
  () => send({ kind: 'done' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
