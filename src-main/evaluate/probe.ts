/** What the descriptors know of the labels: the classic measure of frozen features. */
import { SemblanceError } from '../contract/index.ts';
import { type MatrixProduct, type Rows, takeRows, unitRows } from '../descriptor/index.ts';
import { fitLogistic, predictLabels } from '../learn/index.ts';
import { splits } from './folds.ts';
import { checkLengths, type FitTransform, trainingSet } from './held-out.ts';
import { scoresOf } from './scores.ts';

export interface ProbeOptions {
  /** The fold of each row, as `foldsOf` gives it. */
  folds: ArrayLike<number>;
  /** Photos that vote on a label. */
  neighbours?: number;
  /** What becomes of the rows before they are classified, fitted on training folds only. */
  fitTransform?: FitTransform;
  /** Told of folds. */
  onProgress?: (done: number, total: number) => void;
}

export interface ProbeReport {
  /** Share of photos whose label their nearest neighbours tell, by cosine similarity. */
  knnAccuracy: number;
  /** Share of photos whose label a linear classifier tells. */
  linearAccuracy: number;
  /** Folds with photos to ask about. */
  folds: number;
  /** Labels that two photos have or more. */
  classes: number;
  /** Photos that were asked about. */
  photos: number;
}

/**
 * Tells each photo's label from the photos of the other folds, by a vote of its nearest neighbours (Cover & Hart,
 * Nearest neighbor pattern classification, 1967; Wu et al., CVPR 2018, for features) and by logistic regression (a
 * linear probe: Alain & Bengio, 2016). A photo alone in its label cannot be told and is left out.
 * @param labels one a row
 * @throws SemblanceError `no-ground-truth` for fewer than two labels that two photos have, `invalid-arguments` without
 * a neighbour, or when there are not as many labels and folds as rows, `not-enough-photos` when there is only one fold
 */
export async function probe(
  rows: Rows,
  labels: ArrayLike<number>,
  { folds, neighbours = 5, fitTransform = unchanged, onProgress }: ProbeOptions,
  product: MatrixProduct,
): Promise<ProbeReport> {
  checkLengths(rows, labels, folds);
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new SemblanceError('invalid-arguments', 'There must be one neighbour or more to vote on a label.');
  }
  const counts = new Map<number, number>();
  for (let row = 0; row < rows.rows; row++) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  const classes = [...counts.values()].filter((count) => count > 1).length;
  if (classes < 2) {
    throw new SemblanceError(
      'no-ground-truth',
      'It takes two labels with two photos each to tell labels apart.',
    );
  }
  const known = (row: number): boolean => (counts.get(labels[row]) ?? 0) > 1;
  const asking = splits(folds).filter(({ held }) => held.some(known));
  let photos = 0;
  let rightByNeighbours = 0;
  let rightByLine = 0;
  for (const [done, split] of asking.entries()) {
    const transform = await fitTransform(trainingSet(rows, labels, split.train));
    const held = split.held.filter(known);
    const train = split.train.filter(known);
    const trainLabels = train.map((row) => labels[row]);
    const seen = await transform(takeRows(rows, train));
    const asked = await transform(takeRows(rows, held));
    const line = await predictLabels(await fitLogistic(seen, trainLabels, {}, product), asked, product);
    const votes = await votesOfNeighbours(seen, trainLabels, asked, neighbours, product);
    held.forEach((row, i) => {
      rightByLine += Number(line[i] === labels[row]);
      rightByNeighbours += Number(votes[i] === labels[row]);
    });
    photos += held.length;
    onProgress?.(done + 1, asking.length);
  }
  return {
    knnAccuracy: rightByNeighbours / photos,
    linearAccuracy: rightByLine / photos,
    folds: asking.length,
    classes,
    photos,
  };
}

const unchanged: FitTransform = () => Promise.resolve((rows: Rows) => Promise.resolve(rows));

async function votesOfNeighbours(
  seen: Rows,
  labels: readonly number[],
  asked: Rows,
  neighbours: number,
  product: MatrixProduct,
): Promise<number[]> {
  const votes: number[] = [];
  const which = Array.from({ length: asked.rows }, (_, row) => row);
  for await (const similarities of scoresOf(unitCopy(asked), which, unitCopy(seen), product)) {
    votes.push(vote(labels, similarities, highest(similarities, neighbours)));
  }
  return votes;
}

/** The label of most neighbours; among equals that of the most similar ones. */
function vote(labels: readonly number[], similarities: Float32Array, neighbours: readonly number[]): number {
  const tally = new Map<number, { votes: number; similarity: number }>();
  for (const neighbour of neighbours) {
    const { votes, similarity } = tally.get(labels[neighbour]) ?? { votes: 0, similarity: 0 };
    tally.set(labels[neighbour], { votes: votes + 1, similarity: similarity + similarities[neighbour] });
  }
  const [[label]] = [...tally].sort(([, a], [, b]) => b.votes - a.votes || b.similarity - a.similarity);
  return label;
}

/** A copy, whose inner products are cosine similarities. */
function unitCopy(rows: Rows): Rows {
  return unitRows({ ...rows, values: rows.values.slice() });
}

/** Indices of the highest scores, the best first, equals by index. */
function highest(scores: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (best.length === count && scores[i] <= scores[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && scores[i] > scores[best[place - 1]]) place--;
    best.splice(place, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}
