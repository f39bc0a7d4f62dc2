/** What goes between the HNSW tier and its worker thread. */
import type { IndexIdentity } from './index-file.ts';
import type { Hit } from './top-hits.ts';

export interface HnswSetup {
  folder: string;
  identity: IndexIdentity;
}

export type HnswRequest =
  | { kind: 'open' }
  | { kind: 'add'; vectors: { id: number; vector: Float32Array }[] }
  | { kind: 'delete'; id: number }
  | { kind: 'search'; query: Float32Array; candidates: number }
  | { kind: 'save'; databaseStamp: string };

export interface HnswAnswers {
  /** Whether a verified file was loaded. */
  open: boolean;
  add: undefined;
  delete: undefined;
  search: Hit[];
  save: undefined;
}

export type HnswReply =
  { id: number; value: HnswAnswers[HnswRequest['kind']] } | { id: number; error: string };
