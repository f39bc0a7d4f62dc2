/** Photos of a list put together by the month in which they were taken. */
import type { PhotoGroup } from '../contract/index.ts';

/** Of a photo whose date is not known. */
const unknown = Number.NaN;

/**
 * Keeps the order within each month. Photos of unknown date stand together at the end.
 * @param takenAtMs of each photo, by the camera's clock; NaN where it is not known
 */
export function groupedByMonth(
  ids: Uint32Array,
  takenAtMs: (id: number) => number,
  oldestFirst: boolean,
): { ids: Uint32Array; groups: PhotoGroup[] } {
  const months = new Map<number, number[]>();
  for (const id of ids) {
    const month = monthOf(takenAtMs(id));
    const group = months.get(month);
    if (group) group.push(id);
    else months.set(month, [id]);
  }
  const way = oldestFirst ? 1 : -1;
  const inOrder = [...months].sort(([a], [b]) => Number(isNaN(a)) - Number(isNaN(b)) || way * (a - b));
  const sorted = new Uint32Array(ids.length);
  let place = 0;
  const groups = inOrder.map(([month, group]): PhotoGroup => {
    sorted.set(group, place);
    place += group.length;
    return { kind: 'month', month: isNaN(month) ? null : nameOf(month), photos: group.length };
  });
  return { ids: sorted, groups };
}

/** Months since the year 0; NaN for a time that is none. */
function monthOf(ms: number): number {
  if (isNaN(ms)) return unknown;
  const date = new Date(ms);
  const month = 12 * date.getUTCFullYear() + date.getUTCMonth();
  return month >= 0 && month < 12 * 10_000 ? month : unknown;
}

/** E.g. '2024-05'. */
function nameOf(month: number): string {
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `${year}-${String((month % 12) + 1).padStart(2, '0')}`;
}
