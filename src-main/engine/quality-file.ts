/** How good the search is by a ground truth from a file. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type QualityReport, SemblanceError } from '../contract/index.ts';
import { rowsOf } from '../descriptor/index.ts';
import {
  type Difficulty,
  evaluateRanking,
  type FileQuery,
  groundTruthRows,
  readGroundTruthFile,
  resolveNames,
} from '../evaluate/index.ts';
import { croppedPhoto, runtimeProduct } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { toReport } from './quality.ts';
import { describeExample } from './query-descriptor.ts';

export interface FileQualityReport extends QualityReport {
  /** Photos that the file names and the library lacks; they are not asked for. */
  missing: string[];
}

/**
 * Lets the file's queries, or parts of them, search the library.
 * @throws SemblanceError `empty-library`, `not-found`, what is wrong with the file or with a query's photo
 */
export async function evaluateByFile(
  engine: Engine,
  file: string,
  difficulty?: Difficulty,
): Promise<FileQualityReport> {
  const { library, serving } = engine;
  if (!serving || serving.index.size === 0) {
    throw new SemblanceError('empty-library', 'There are no photos to evaluate yet. Index a folder first.');
  }
  const truth = await readGroundTruthFile(file, difficulty ? { difficulty } : {});
  const photos = library.photos.paths();
  const rows: Float32Array[] = [];
  const rowOfPath = new Map<string, number>();
  for (const { path, contentId } of photos) {
    const vector = serving.index.vector(contentId);
    if (vector) rowOfPath.set(path, rows.push(vector) - 1);
  }
  const resolve = resolveNames([...rowOfPath.keys()]);
  const rowOf = (name: string): number | undefined => rowOfPath.get(resolve(name) ?? '');
  const asking: Float32Array[] = [];
  for (const query of truth.queries) {
    const row = rowOf(query.path);
    const whole = query.crop === null && row !== undefined;
    asking.push(whole ? rows[row] : await describeQuery(engine, query, resolve(query.path) ?? query.path));
  }
  const { queries, missing } = groundTruthRows(truth, rowOf);
  const { product, release } = runtimeProduct();
  try {
    const report = await evaluateRanking(
      { database: rowsOf(rows), queries: rowsOf(asking) },
      queries,
      product,
    );
    if (report.queries === 0) {
      throw new SemblanceError(
        'no-ground-truth',
        `The library has none of the photos that ${file} asks for.`,
      );
    }
    const { recipe, fit } = serving.generation;
    return { ...toReport(report, 'file', recipe, fit), missing };
  } finally {
    await release();
  }
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
