/** What a click or a key makes of a selection. Photos are selected by their ids, which stay when others come between. */
export interface Selected {
  ids: ReadonlySet<number>;
  /** Where a range begins; null where none was begun. */
  anchor: number | null;
}

export const nothingSelected: Selected = { ids: new Set(), anchor: null };

export function selectOnly(id: number): Selected {
  return { ids: new Set([id]), anchor: id };
}

export function toggle({ ids }: Selected, id: number): Selected {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/**
 * From the anchor to a place, and nothing else; with `keep`, besides what is selected.
 * @param order ids of all photos in their order
 * @param from the place where it begins where there is no anchor
 */
export function selectTo(
  { ids, anchor }: Selected,
  order: Uint32Array,
  from: number,
  place: number,
  keep = false,
): Selected {
  const found = anchor === null ? -1 : order.indexOf(anchor);
  const begin = found < 0 ? from : found;
  const range = order.subarray(Math.min(begin, place), Math.max(begin, place) + 1);
  return { ids: new Set(keep ? [...ids, ...range] : range), anchor: order[begin] };
}

/** Those of the selection that are still there. */
export function stillThere(selected: Selected, order: Uint32Array): Selected {
  if (selected.ids.size === 0) return selected;
  const ids = new Set(order.filter((id) => selected.ids.has(id)));
  if (ids.size === selected.ids.size) return selected;
  return { ids, anchor: selected.anchor !== null && ids.has(selected.anchor) ? selected.anchor : null };
}
