/** Precision–recall curves as a chart and a table want them. */

export interface Curve {
  title: string;
  /** Mean precision at recall 0 … 1 in even steps. */
  precision: readonly number[];
}

/** Recall of each place of a curve. */
export function recallsOf(places: number): number[] {
  return Array.from({ length: places }, (_, place) => place / Math.max(1, places - 1));
}

/** Recall, and the precision of each curve there. Curves must be of one length. */
export function chartData(curves: readonly Curve[]): number[][] {
  const places = curves.at(0)?.precision.length ?? 0;
  return [recallsOf(places), ...curves.map(({ precision }) => [...precision])];
}

export interface CurveRow {
  recall: number;
  precisions: number[];
}

/** Every tenth of recall, from 0 to 1. */
export function tableRows(curves: readonly Curve[]): CurveRow[] {
  return Array.from({ length: 11 }, (_, tenth) => ({
    recall: tenth / 10,
    precisions: curves.map(({ precision }) => precision[Math.round((tenth / 10) * (precision.length - 1))]),
  }));
}
