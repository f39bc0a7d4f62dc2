/** Worker thread for work over the whole library, so that the main thread stays free. */
import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { sayLoaded } from '../contract/end-worker.ts';
import { learns, toErrorReport } from '../contract/index.ts';
import {
  decodeFitted,
  encodeFitted,
  learnedPooling,
  type MatrixProduct,
  nothingFitted,
  RawDescriber,
  rowAt,
  rowsOf,
  transformOf,
} from '../descriptor/index.ts';
import {
  evaluateRanking,
  type GroundTruthQuery,
  groundTruthOfLabels,
  groundTruthOfTags,
} from '../evaluate/index.ts';
import { fitGuarded, fitRecipe, trainAttention, withoutLearning } from '../learn/index.ts';
import { Library, loadSqlite } from '../library/index.ts';
import { augmentedVectors } from '../search/index.ts';
import { runtimeProduct } from '../vision/index.ts';
import type {
  AnalysisMessage,
  AnalysisProgress,
  AnalysisTask,
  AttentionTask,
  AugmentTask,
  DescribedPhoto,
  DescribeTask,
  EvaluateTask,
  FitTask,
  MapTask,
  RowTruth,
  TuneSearchTask,
} from './analysis.ts';
import { describedPictures, findNeighbours } from './find-neighbours.ts';
import { layOut } from './map-layout.ts';
import { loadCachedSet, photosOf } from './cached-set.ts';
import { heldOutReport, probeReport, qualityBy } from './measure-cached.ts';
import { extractionOfGeneration } from './describer.ts';
import { searchRecipe } from './tune-search.ts';

/** Photos that a fit looks at: enough for 256 components, and few enough to take seconds. */
const fitSample = 4000;
/** Relative error of variances: far less than what comes of looking at a sample. */
const fitTolerance = 1e-5;
/** Fewer where every step of a training looks at them. */
const learnSample = 2000;
const descriptorsPerMessage = 512;
const attentionEpochs = 40;

loadSqlite();
sayLoaded();

function send(message: AnalysisMessage): void {
  parentPort?.postMessage(message);
}

function report(progress: AnalysisProgress): void {
  send({ kind: 'progress', progress });
}

async function fit(task: FitTask, product: MatrixProduct): Promise<void> {
  const { recipe, attention } = task;
  const learning = learns(recipe);
  report({ step: 'Reading what is known of the photos', done: 0, total: 1 });
  const photos = photosOf(loadCachedSet(task, learning ? learnSample : fitSample), recipe, attention);
  const context = {
    product,
    attention,
    tolerance: fitTolerance,
    onProgress: (step: string, done: number, total: number, epoch?: AnalysisProgress['epoch']) =>
      report({ step, done, total, ...(epoch && { epoch: { loss: epoch.loss, heldOut: epoch.heldOut } }) }),
  };
  if (!learning) {
    const fitted = await fitRecipe(recipe, photos, context);
    const encodedFit = encodeFitted(fitted);
    send({ kind: 'fit', encodedFit, fittedOn: fitted.fittedOn, guard: null });
    return;
  }
  const base = photos.with(withoutLearning(recipe));
  const { fitted, before, after } = await fitGuarded(recipe, photos, base, qualityBy(product), context);
  send({
    kind: 'fit',
    encodedFit: fitted && encodeFitted(fitted),
    fittedOn: fitted?.fittedOn ?? 0,
    guard: { before, after },
  });
}

async function describe(
  { libraryPath, generation, share }: DescribeTask,
  product: MatrixProduct,
): Promise<void> {
  const library = Library.open(libraryPath, 'read');
  try {
    const { recipe, encodedFit, extractionKey, id } = generation;
    const fitted = encodedFit ? decodeFitted(encodedFit) : nothingFitted;
    const extraction = extractionOfGeneration(library, generation);
    const raw = new RawDescriber(recipe, extraction, learnedPooling(fitted));
    const transform = transformOf(recipe, fitted, product);
    let ids: number[] = [];
    let vectors: Float32Array[] = [];
    const flush = async (): Promise<void> => {
      if (ids.length === 0) return;
      const rows = await transform(rowsOf(vectors));
      send({
        kind: 'descriptors',
        batch: ids.map((contentId, row) => ({ contentId, vector: rowAt(rows, row).slice() })),
      });
      [ids, vectors] = [[], []];
    };
    for (const { contentId, data } of library.powerMeans.withoutDescriptor(extractionKey, id, share)) {
      ids.push(contentId);
      vectors.push(raw.describe(data));
      if (ids.length === descriptorsPerMessage) await flush();
    }
    await flush();
  } finally {
    library.close();
  }
}

/** Results of each query that are told: as many as stand side by side. */
const toldResults = 8;

function told(step: string) {
  return { best: toldResults, onProgress: (done: number, total: number) => report({ step, done, total }) };
}

async function evaluate({ vectors, dimension, truth }: EvaluateTask, product: MatrixProduct): Promise<void> {
  const matrix = (values: Float32Array) => ({ rows: values.length / dimension, columns: dimension, values });
  const asking = truth.from === 'file' ? { queries: matrix(truth.asking) } : {};
  const found = await evaluateRanking(
    { database: matrix(vectors), ...asking },
    groundTruthOf(truth),
    product,
    told('Searching with each photo'),
  );
  send({ kind: 'evaluation', report: found, contentIds: [] });
}

function groundTruthOf(truth: RowTruth): GroundTruthQuery[] {
  switch (truth.from) {
    case 'labels':
      return groundTruthOfLabels(truth.labels);
    case 'tags':
      return groundTruthOfTags(truth.tags);
    case 'file':
      return truth.queries;
  }
}

async function attention(
  { maps, groups, channels, hidden, seed }: AttentionTask,
  product: MatrixProduct,
): Promise<void> {
  const { fitted } = await trainAttention(maps, groups, product, {
    channels,
    hidden,
    seed,
    epochs: attentionEpochs,
    onProgress: ({ done, total, loss, heldOut }) =>
      report({ step: 'Learning where to look', done, total, epoch: { loss, heldOut } }),
  });
  send({ kind: 'attention', weights: fitted });
}

/** Any number would do; the same one lays the same photos out in the same way. */
const mapSeed = 1;

async function map({ vectors, dimension, method }: MapTask, product: MatrixProduct): Promise<void> {
  const rows = { rows: vectors.length / dimension, columns: dimension, values: vectors };
  const points = await layOut(rows, { method, seed: mapSeed }, product, {
    onProgress: (done, total) => report({ step: 'Laying the photos out', done, total }),
  });
  send({ kind: 'map', points });
}

async function augment(
  { libraryPath, generationId, augmentation }: AugmentTask,
  product: MatrixProduct,
): Promise<void> {
  const library = Library.open(libraryPath, 'read');
  const { ids, rows } = describedPictures(library, generationId);
  library.close();
  let row = 0;
  let batch: DescribedPhoto[] = [];
  const flush = (): void => {
    send({ kind: 'descriptors', batch });
    batch = [];
  };
  const onShare = (share: number): Promise<void> => {
    report({ done: Math.floor(share * rows.rows), total: rows.rows });
    return Promise.resolve();
  };
  for await (const vector of augmentedVectors(rows, augmentation, product, onShare)) {
    batch.push({ contentId: ids[row++], vector });
    if (batch.length === descriptorsPerMessage) flush();
  }
  flush();
}

async function tuneSearch(task: TuneSearchTask, product: MatrixProduct): Promise<void> {
  const set = loadCachedSet(task, learnSample);
  const photos = photosOf(set, task.recipe, new Map());
  await searchRecipe(task, photos, product, {
    onProgress: (done, total) => report({ step: 'Trying recipes', done, total }),
    onFinding: (finding) => send({ kind: 'finding', finding }),
  });
}

async function run(task: AnalysisTask, product: MatrixProduct): Promise<void> {
  switch (task.kind) {
    case 'fit':
      return fit(task, product);
    case 'describe':
      return describe(task, product);
    case 'evaluate':
      return evaluate(task, product);
    case 'held-out': {
      const set = loadCachedSet(task, task.groups.from === 'pairs' ? learnSample : Infinity);
      const photos = photosOf(set, task.recipe, new Map());
      const found = await heldOutReport(photos, task, product, told('Searching with each photo'));
      send({ kind: 'evaluation', report: found, contentIds: set.photos.map(({ contentId }) => contentId) });
      return;
    }
    case 'probe': {
      const photos = photosOf(loadCachedSet(task, fitSample), task.recipe, new Map());
      const onProgress = (done: number, total: number) =>
        report({ step: 'Telling photos apart', done, total });
      send({ kind: 'probe', report: await probeReport(photos, task, product, onProgress) });
      return;
    }
    case 'tune-search':
      return tuneSearch(task, product);
    case 'map':
      return map(task, product);
    case 'attention':
      return attention(task, product);
    case 'augment':
      return augment(task, product);
    case 'neighbours':
      return findNeighbours(task, product, (lists, found) => send({ kind: 'neighbours', lists, found }));
  }
}

function threadsFor({ kind }: AnalysisTask): { threads?: number } {
  // Where several workers do the same, each is a thread of its own.
  if (kind === 'describe') return { threads: 1 };
  // In the background, one core is left to whoever searches meanwhile.
  if (kind === 'neighbours') return { threads: Math.max(1, availableParallelism() - 1) };
  return {};
}

async function start(task: AnalysisTask): Promise<void> {
  const { product, release } = runtimeProduct(threadsFor(task));
  try {
    await run(task, product);
  } finally {
    await release();
  }
}

start(workerData as AnalysisTask).then(
  () => send({ kind: 'done' }),
  (error: unknown) => send({ kind: 'failed', error: toErrorReport(error) }),
);
