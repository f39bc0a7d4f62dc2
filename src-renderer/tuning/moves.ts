/** What a draft moves among the results of a query. */
import type { PreviewResult } from '../../src-main/contract/index.ts';

export type Move =
  { kind: 'same' } | { kind: 'up'; by: number } | { kind: 'down'; by: number } | { kind: 'new' };

export interface Moves {
  /** Of each result of the draft, against what is in service. */
  draft: Move[];
  /** Whether each result of what is in service is no longer among the draft's. */
  gone: boolean[];
}

export function movesOf(now: readonly PreviewResult[], draft: readonly PreviewResult[]): Moves {
  const before = new Map(now.map(({ photo }, place) => [photo.id, place]));
  const after = new Set(draft.map(({ photo }) => photo.id));
  return {
    draft: draft.map(({ photo }, place) => moveOf(before.get(photo.id), place)),
    gone: now.map(({ photo }) => !after.has(photo.id)),
  };
}

function moveOf(before: number | undefined, after: number): Move {
  if (before === undefined) return { kind: 'new' };
  if (before === after) return { kind: 'same' };
  return before > after ? { kind: 'up', by: before - after } : { kind: 'down', by: after - before };
}

// @wc-include
const newWord = 'new';

/** E.g. '▲3'; '' for what stayed. */
export function moveMark(move: Move): string {
  if (move.kind === 'same') return '';
  if (move.kind === 'new') return newWord;
  return `${move.kind === 'up' ? '▲' : '▼'}${move.by}`;
}

/** The same for those who hear it. */
export function moveWords(move: Move): string {
  if (move.kind === 'same') return '';
  if (move.kind === 'new') return newWord;
  return move.kind === 'up' ? `up by ${move.by}` : `down by ${move.by}`;
}

/** E.g. '3 moved, 1 new', or 'The same order'. */
export function movesInWords({ draft }: Moves): string {
  const moved = draft.filter(({ kind }) => kind === 'up' || kind === 'down').length;
  const fresh = draft.filter(({ kind }) => kind === 'new').length;
  const parts = [moved > 0 && `${moved} moved`, fresh > 0 && `${fresh} new`].filter(Boolean);
  return parts.length === 0 ? 'The same order' : parts.join(', ');
}
