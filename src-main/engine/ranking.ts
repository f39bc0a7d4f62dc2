/** Improves the order of what a search found, part by part; each part is a switch of `rankingSchema`. */
import { SemblanceError, type Ranking, type RankingStep } from '../contract/index.ts';
import {
  compareHits,
  diffusedScores,
  expanded,
  type Hit,
  nearestAmong,
  refinedScores,
} from '../search/index.ts';
import type { Engine } from './engine.ts';
import type { QuerySpace } from './query-space.ts';

/** A search whose order is to be improved. */
export interface RankingState {
  engine: Engine;
  space: QuerySpace;
  /** Unit vector in the space. */
  query: Float32Array;
  /** What the query was made of; `contentId` is null for pictures that are not of the library. */
  examples: readonly { contentId: number | null }[];
  /** What the plain search found, best first. */
  hits: Hit[];
  /** Results that are asked for. */
  top: number;
  /** Pictures that count; all by default. */
  allowed?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
}

/** Neighbours of each of the first results, where they are looked for among these alone. */
const neighboursHere = 32;
/** More results than this are not compared with each other while somebody waits. */
const mostHere = 1000;

/**
 * The hits in a better order. Their scores stay similarities with the query as it was asked, so that a score means the same
 * in every order; at least `top` come back where there are as many.
 * @throws SemblanceError `cancelled`
 */
export async function improveRanking(
  state: RankingState,
  ranking: Ranking,
): Promise<{ hits: Hit[]; steps: RankingStep[] }> {
  const steps: RankingStep[] = [];
  let now: RankingState = state;
  const take = async (name: RankingStep['name'], improve: () => Promise<Improved>): Promise<void> => {
    if (state.signal?.aborted) throw new SemblanceError('cancelled', 'The search was cancelled.');
    const startedMs = performance.now();
    const { hits, query = now.query, note = '' } = await improve();
    now = { ...now, hits, query };
    steps.push({ name, milliseconds: performance.now() - startedMs, note });
  };
  const { expansion, refinement, diffusion } = ranking;
  if (expansion) await take('expansion', () => expand(now, expansion));
  if (refinement) await take('refinement', () => refine(now, refinement));
  if (diffusion) await take('diffusion', () => diffuse(now, diffusion));
  const hits = steps.length === 0 ? now.hits : withOwnScores(state, now.hits);
  return { hits, steps };
}

interface Improved {
  hits: Hit[];
  query?: Float32Array;
  note?: string;
}

/** In the same order, with their similarities to the query as it was asked. */
function withOwnScores({ space, query }: RankingState, hits: readonly Hit[]): Hit[] {
  const scored = space.scored(
    hits.map(({ id }) => id),
    query,
  );
  const scores = new Map(scored.map(({ id, score }) => [id, score]));
  // One that went meanwhile drops out.
  return hits.flatMap(({ id }) => {
    const score = scores.get(id);
    return score === undefined ? [] : [{ id, score }];
  });
}

/** The first results of the state's query, as many as a part looks at. */
async function firstHits({ space, query, hits, allowed }: RankingState, count: number): Promise<Hit[]> {
  const there = Math.min(count, allowed?.length ?? space.size);
  if (hits.length >= there) return hits;
  const found = await space.search(query, count, allowed);
  // What an earlier part has put in order stays so.
  const known = new Set(hits.map(({ id }) => id));
  return [...hits, ...found.hits.filter(({ id }) => !known.has(id))];
}

async function expand(
  state: RankingState,
  { count, alpha }: NonNullable<Ranking['expansion']>,
): Promise<Improved> {
  const { space, query, top, allowed } = state;
  const own = new Set(state.examples.map(({ contentId }) => contentId));
  // An example that is in the library finds itself, and would only be added to itself.
  const first = (await firstHits(state, count + own.size)).filter(({ id }) => !own.has(id)).slice(0, count);
  const neighbours = first.flatMap(({ id, score }) => {
    const vector = space.vector(id);
    return vector ? [{ vector, score }] : [];
  });
  const wider = expanded(query, neighbours, alpha);
  const { hits } = await space.search(wider, top, allowed);
  return { query: wider, hits };
}

async function refine(
  state: RankingState,
  { top, neighbours }: NonNullable<Ranking['refinement']>,
): Promise<Improved> {
  const { first, vectors, rest } = await firstVectors(state, top);
  return { hits: [...ordered(first, refinedScores(state.query, vectors, neighbours)), ...rest] };
}

async function diffuse(state: RankingState, { top }: NonNullable<Ranking['diffusion']>): Promise<Improved> {
  const { first, vectors, rest } = await firstVectors(state, Math.min(top, mostHere));
  const lists = nearestAmong(vectors, neighboursHere);
  const similarities = state.space.scored(
    first.map(({ id }) => id),
    state.query,
  );
  const scoreOf = new Map(similarities.map(({ id, score }) => [id, score]));
  const scores = diffusedScores(
    first.map(({ id }) => scoreOf.get(id) ?? 0),
    lists,
  );
  return { hits: [...ordered(first, scores), ...rest] };
}

/** The first results with their descriptors, and those behind them. */
async function firstVectors(
  state: RankingState,
  top: number,
): Promise<{ first: Hit[]; vectors: Float32Array[]; rest: Hit[] }> {
  const hits = await firstHits(state, top);
  const first: Hit[] = [];
  const vectors: Float32Array[] = [];
  for (const hit of hits.slice(0, top)) {
    const vector = state.space.vector(hit.id);
    if (!vector) continue;
    first.push(hit);
    vectors.push(vector);
  }
  return { first, vectors, rest: hits.slice(top) };
}

/** By new scores, equal ones as before. */
function ordered(hits: readonly Hit[], scores: Float64Array): Hit[] {
  const places = [...hits.keys()].sort((a, b) => scores[b] - scores[a] || compareHits(hits[a], hits[b]));
  return places.map((place) => hits[place]);
}
