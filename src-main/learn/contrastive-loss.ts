/**
 * The loss that all metric learning here shares. Its gradient, like the others in this folder, is written by hand:
 * each is a closed form of a few products, checked numerically by the tests, and the automatic differentiation that
 * the registry offers for JavaScript is either unmaintained or slower than these loops.
 */
import { type Matrix, type MatrixProduct, rowAt, type Values } from '../descriptor/index.ts';

/** Settings of whatever learns from groups of matching photos. */
export interface ContrastiveSettings {
  /** Divisor of the cosine similarities: the smaller, the more the nearest strangers count. */
  temperature?: number;
  groupsPerBatch?: number;
  rowsPerGroup?: number;
}

export const defaultTemperature = 0.2;

/**
 * Supervised contrastive loss: for each row, the mean over its mates of −log of the mate's share in Σ exp(cosine /
 * temperature) over all other rows; then the mean over all rows that have mates. With two rows a group it is InfoNCE.
 *
 * Khosla et al., Supervised Contrastive Learning, NeurIPS 2020 (L_out); van den Oord, Li & Vinyals, Representation
 * Learning with Contrastive Predictive Coding, 2018.
 * @param rows n × dimension, of unit length
 * @param groups n numbers; rows with the same number are mates
 * @returns the loss, and its gradient with respect to the rows, n × dimension
 */
export async function contrastiveLoss<V extends Values>(
  rows: Matrix<V>,
  groups: ArrayLike<number>,
  temperature: number,
  product: MatrixProduct,
): Promise<{ loss: number; gradient: Matrix<V> }> {
  const count = rows.rows;
  const cosines = await product(rows, rows, { transposeB: true });
  const mates = Array.from({ length: count }, (_, row) => matesOf(groups, row));
  const anchors = mates.reduce((sum, own) => sum + Number(own > 0), 0);
  let loss = 0;
  // Turned in place into the gradient with respect to the cosines.
  for (let row = 0; row < count; row++) {
    const own = rowAt(cosines, row);
    if (mates[row] === 0) {
      own.fill(0);
      continue;
    }
    let highest = -Infinity;
    for (let other = 0; other < count; other++) {
      if (other !== row) highest = Math.max(highest, own[other]);
    }
    let total = 0;
    let attraction = 0;
    for (let other = 0; other < count; other++) {
      if (other === row) continue;
      const logit = (own[other] - highest) / temperature;
      total += Math.exp(logit);
      if (groups[other] === groups[row]) attraction += logit;
    }
    loss += (Math.log(total) - attraction / mates[row]) / anchors;
    for (let other = 0; other < count; other++) {
      const share = Math.exp((own[other] - highest) / temperature) / total;
      const wanted = groups[other] === groups[row] ? 1 / mates[row] : 0;
      own[other] = other === row ? 0 : (share - wanted) / (anchors * temperature);
    }
  }
  // Each cosine stands in the sum twice, once for each of its two rows.
  const slopes = cosines.values;
  for (let row = 0; row < count; row++) {
    for (let other = 0; other < row; other++) {
      const both = slopes[row * count + other] + slopes[other * count + row];
      slopes[row * count + other] = both;
      slopes[other * count + row] = both;
    }
  }
  return { loss, gradient: await product(cosines, rows) };
}

function matesOf(groups: ArrayLike<number>, row: number): number {
  let mates = -1;
  for (let other = 0; other < groups.length; other++) mates += Number(groups[other] === groups[row]);
  return mates;
}
