/** How good the search is on the library itself. */
import { type QualityReport, SemblanceError } from '../contract/index.ts';
import type { LeaveOneOut } from '../evaluate/index.ts';
import { analyse } from './analysis.ts';
import type { Engine } from './engine.ts';

/**
 * Leave-one-out over the library: every photo is a query, photos of the same folder are its positives. Fits are
 * unsupervised and the library's own, as in use.
 * @throws SemblanceError `empty-library`, `no-ground-truth`
 */
export async function evaluateByFolder({ library, serving }: Engine): Promise<QualityReport> {
  if (!serving || serving.index.size === 0) {
    throw new SemblanceError('empty-library', 'There are no photos to evaluate yet. Index a folder first.');
  }
  const labels: number[] = [];
  const rows: Float32Array[] = [];
  const names = new Map<string, number>();
  for (const { folderId, directory, contentId } of library.photos.searchable()) {
    const vector = serving.index.vector(contentId);
    if (!vector) continue;
    const name = `${folderId}/${directory}`;
    const label = names.get(name) ?? names.size;
    names.set(name, label);
    labels.push(label);
    rows.push(vector);
  }
  const { dimension } = serving.index;
  const vectors = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => vectors.set(row, i * dimension));
  // Quadratic in the number of photos, so it must not hold up the engine's other answers.
  const watcher = { signal: new AbortController().signal, report: () => undefined };
  const answers: LeaveOneOut[] = [];
  await analyse({ kind: 'evaluate', vectors, dimension, labels }, watcher, (result) => {
    if (result.kind === 'evaluation') answers.push(result.quality);
  });
  const quality = answers.at(0);
  if (!quality || names.size < 2 || quality.queries === 0) {
    throw new SemblanceError(
      'no-ground-truth',
      'Folder names cannot serve as labels here: it takes two folders, one of them with two photos.',
    );
  }
  const { recipe, fit } = serving.generation;
  return { ...quality, recipe, fit };
}
