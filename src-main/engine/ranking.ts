/** Improves the order of what a search found, part by part; each part is a switch of `rankingSchema`. */
import { type Example, SemblanceError, type Ranking, type RankingStep } from '../contract/index.ts';
import {
  type AllowedIds,
  compareHits,
  diffusedScores,
  diffusionEdges,
  expanded,
  type Hit,
  nearestAmong,
  refinedScores,
} from '../search/index.ts';
import type { Engine } from './engine.ts';
import { geometryNote, orderByGeometry } from './geometric-ranking.ts';
import { neighbourGraph } from './neighbours.ts';
import type { QuerySpace } from './query-space.ts';

/** A search whose order is to be improved. */
export interface RankingState {
  engine: Engine;
  space: QuerySpace;
  /** Unit vector in the space. */
  query: Float32Array;
  /** What the query was made of; `contentId` is null for pictures that are not of the library. */
  examples: readonly { contentId: number | null }[];
  /** The same as pictures, for looking at them again. */
  pictures: readonly Example[];
  /** What the plain search found, best first. */
  hits: Hit[];
  /** Results that are asked for. */
  top: number;
  /** Pictures that count; all by default. */
  allowed?: AllowedIds | undefined;
  signal?: AbortSignal | undefined;
  /** Told of the order so far, now and then, where a part takes long. */
  onOrder?: ((hits: Hit[]) => void) | undefined;
}

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
  const { expansion, refinement, diffusion, geometry } = ranking;
  if (expansion) await take('expansion', () => expand(now, expansion));
  if (refinement) await take('refinement', () => refine(now, refinement));
  if (diffusion) await take('diffusion', () => diffuse(now, diffusion));
  if (geometry) await take('geometry', () => check(now, state, geometry));
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

/**
 * Over the graph of neighbours where all of the first results are in it. Where it is still being built, or is of another
 * space than the query's, they are compared with each other, which takes longer and is done for the first thousand only.
 */
async function diffuse(state: RankingState, { top }: NonNullable<Ranking['diffusion']>): Promise<Improved> {
  const hits = await firstHits(state, top);
  const known = knownNeighbours(state, hits.slice(0, top));
  const places = known ? top : Math.min(top, mostHere);
  const { first, vectors, rest } = known
    ? { first: hits.slice(0, top), vectors: [], rest: hits.slice(top) }
    : await firstVectors(state, places);
  const ids = first.map(({ id }) => id);
  const similarities = new Map(state.space.scored(ids, state.query).map(({ id, score }) => [id, score]));
  const scores = diffusedScores(
    ids.map((id) => similarities.get(id) ?? 0),
    known ?? nearestAmong(vectors, diffusionEdges),
  );
  const isLess = known === null && hits.length > places;
  return {
    hits: [...ordered(first, scores), ...rest],
    note: isLess ? `Only the first ${places} were ordered anew: ${whyNoGraph(state)}` : '',
  };
}

/** Neighbours of each result, by places among the results; null where they are not known of all. */
function knownNeighbours({ engine, space }: RankingState, hits: readonly Hit[]): Hit[][] | null {
  if (space !== engine.serving) return null;
  const graph = neighbourGraph(engine);
  const placeOf = new Map(hits.map(({ id }, place) => [id, place]));
  const lists: Hit[][] = [];
  for (const { id } of hits) {
    const list = graph.of(id, diffusionEdges);
    if (!list) return null;
    lists.push(
      list.flatMap((hit) => {
        const place = placeOf.get(hit.id);
        return place === undefined ? [] : [{ id: place, score: hit.score }];
      }),
    );
  }
  return lists;
}

function whyNoGraph({ engine, space }: RankingState): string {
  return space === engine.serving
    ? 'the neighbours of some photos are still being looked for in the background.'
    : 'the neighbours of all photos are known for the usual whitening strength only.';
}

/** @param asked the state before anything was improved, by whose query scores are told */
async function check(
  state: RankingState,
  asked: RankingState,
  { top }: NonNullable<Ranking['geometry']>,
): Promise<Improved> {
  const { engine, pictures: examples, signal, onOrder } = state;
  const hitsBefore = await firstHits(state, top);
  const { hits, ...found } = await orderByGeometry(
    {
      engine,
      examples,
      hits: hitsBefore,
      signal,
      onOrder: onOrder && ((order) => onOrder(withOwnScores(asked, order))),
    },
    { top },
  );
  return { hits, note: geometryNote(found) };
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
