/** How good the search is by a ground truth from a file. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type QualityReport, SemblanceError } from '../contract/index.ts';
import {
  type Difficulty,
  type FileQuery,
  type GroundTruthFile,
  groundTruthRows,
  parseGroundTruth,
  readGroundTruthFile,
  resolveNames,
} from '../evaluate/index.ts';
import { croppedPhoto } from '../vision/index.ts';
import { analyseFor, type AnalysisWatcher, unwatched } from './analysis.ts';
import type { Engine } from './engine.ts';
import { joined, servingOf, toReport } from './quality.ts';
import { describeExample } from './query-descriptor.ts';

export interface FileQualityReport extends QualityReport {
  /** Photos that the file names and the library lacks; they are not asked for. */
  missing: string[];
}

/**
 * Lets the file's queries, or parts of them, search the library. Queries that the library lacks are read from their
 * files.
 * @throws SemblanceError `empty-library`, `not-found`, what is wrong with the file or with a query's photo
 */
export async function evaluateByFile(
  engine: Engine,
  file: string,
  difficulty?: Difficulty,
): Promise<FileQualityReport> {
  const truth = await readGroundTruthFile(file, difficulty ? { difficulty } : {});
  return evaluateByTruth(engine, file, truth, unwatched());
}

/**
 * The same with a file's content, whose folder nobody knows: names are the ends of paths, and queries that the library
 * lacks are missing too, so that no other file is read.
 * @throws SemblanceError `empty-library`, what is wrong with the content
 */
export async function evaluateByText(
  engine: Engine,
  { name, text, difficulty }: { name: string; text: string; difficulty: Difficulty },
  watcher: AnalysisWatcher,
): Promise<FileQualityReport> {
  const truth = parseGroundTruth(name, Buffer.from(text), { difficulty });
  const { index } = servingOf(engine);
  const described = engine.library.photos.paths().filter(({ contentId }) => index.has(contentId));
  const resolve = resolveNames(described.map(({ path }) => path));
  const isKnown = ({ path }: FileQuery): boolean => resolve(path) !== undefined;
  const missing = truth.queries.filter((query) => !isKnown(query)).map(({ path }) => path);
  const report = await evaluateByTruth(
    engine,
    name,
    { ...truth, queries: truth.queries.filter(isKnown) },
    watcher,
  );
  return { ...report, missing: [...new Set([...missing, ...report.missing])] };
}

async function evaluateByTruth(
  engine: Engine,
  file: string,
  truth: GroundTruthFile,
  watcher: AnalysisWatcher,
): Promise<FileQualityReport> {
  const { index, generation } = servingOf(engine);
  const rows: Float32Array[] = [];
  const contentIds: number[] = [];
  const rowOfPath = new Map<string, number>();
  for (const { path, contentId } of engine.library.photos.paths()) {
    const vector = index.vector(contentId);
    if (!vector) continue;
    rowOfPath.set(path, rows.push(vector) - 1);
    contentIds.push(contentId);
  }
  const resolve = resolveNames([...rowOfPath.keys()]);
  const rowOf = (name: string): number | undefined => rowOfPath.get(resolve(name) ?? '');
  const { queries, missing } = groundTruthRows(truth, rowOf);
  if (!queries.some(({ positives }) => positives.length > 0)) {
    throw new SemblanceError('no-ground-truth', `The library has none of the photos that ${file} asks for.`);
  }
  const asking: Float32Array[] = [];
  for (const [done, query] of truth.queries.entries()) {
    watcher.report({ step: 'Reading the queries', done, total: truth.queries.length });
    if (watcher.signal.aborted) throw new SemblanceError('cancelled', 'The measurement was cancelled.');
    const row = rowOf(query.path);
    const whole = query.crop === null && row !== undefined;
    asking.push(whole ? rows[row] : await describeQuery(engine, query, resolve(query.path) ?? query.path));
  }
  const { dimension } = index;
  const { report } = await analyseFor(
    'evaluation',
    {
      kind: 'evaluate',
      vectors: joined(rows, dimension),
      dimension,
      truth: { from: 'file', asking: joined(asking, dimension), queries },
    },
    watcher,
  );
  const askingIds = truth.queries.map(({ path }) => {
    const row = rowOf(path);
    return row === undefined ? undefined : contentIds[row];
  });
  const measured = { report, contentIds, askingIds };
  return { ...toReport(engine, measured, 'file', generation.recipe, generation.fit), missing };
}

async function describeQuery(engine: Engine, { crop }: FileQuery, path: string): Promise<Float32Array> {
  try {
    const bytes = Uint8Array.from(crop ? await croppedPhoto(path, crop) : await readFile(path));
    return await describeExample(engine, { kind: 'bytes', name: basename(path), bytes });
  } catch (cause) {
    if (cause instanceof SemblanceError) throw cause;
    throw new SemblanceError(
      'not-found',
      `The query ${path} cannot be read. Index its folder, or correct the file.`,
      {
        cause,
      },
    );
  }
}
