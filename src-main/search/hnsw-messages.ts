/** What goes between the HNSW tier and the worker threads that hold its shards. */
import type { ShardFile } from './index-files.ts';
import type { Hit } from './top-hits.ts';

export interface ShardSetup {
  folder: string;
  dimension: number;
}

export type HnswRequest =
  | { kind: 'load'; file: ShardFile }
  /** Begins anew, with room for so many. */
  | { kind: 'begin'; capacity: number }
  /** Vectors row by row. */
  | { kind: 'add'; ids: number[]; vectors: Float32Array }
  | { kind: 'delete'; id: number }
  | { kind: 'search'; query: Float32Array; top: number }
  /** Searches with several, row by row. */
  | { kind: 'search-all'; queries: Float32Array; top: number }
  | { kind: 'save'; name: string };

export interface HnswAnswers {
  /** Why the file is not to be believed, or null. */
  load: string | null;
  begin: undefined;
  /** How many are in the graph now, with those that were deleted. */
  add: number;
  delete: undefined;
  search: Hit[];
  'search-all': PackedHits;
  save: ShardFile;
}

/** Hits of several queries, as many places for each, best first; places that stay empty have the score −Infinity. */
export interface PackedHits {
  ids: Uint32Array;
  scores: Float32Array;
}

export type HnswReply =
  { id: number; value: HnswAnswers[HnswRequest['kind']] } | { id: number; error: string };
