/** What a better ranking changed. */

export interface Moves {
  /** Of each in the order after: places higher (positive) or lower (negative) than before, or `new`. */
  moved: (number | 'new')[];
  /** Those that are no more, in the order before. */
  gone: number[];
}

/** @param before ids in order, like `after` */
export function movesOf(before: readonly number[], after: readonly number[]): Moves {
  const placeBefore = new Map(before.map((id, place) => [id, place]));
  const there = new Set(after);
  return {
    moved: after.map((id, place) => {
      const was = placeBefore.get(id);
      return was === undefined ? 'new' : was - place;
    }),
    gone: before.filter((id) => !there.has(id)),
  };
}
