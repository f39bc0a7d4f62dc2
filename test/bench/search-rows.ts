/**
 * One row of `npm run bench:search`, in a process of its own, so that its memory is nobody else's:
 * node search-rows.ts KIND FOLDER DIMENSION; what it found goes to FOLDER/KIND.json.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ExactIndex } from '../../src-main/search/exact-index.ts';
import { HnswTier } from '../../src-main/search/hnsw-tier.ts';
import { countVectors, readVectors } from './vector-file.ts';

const top = 10;
/** Settings of our HNSW (src-main/search/hnsw-worker.ts), for the other one. */
const same = { connectivity: 16, expansion_add: 100, expansion_search: 150 };
const addedAtATime = 10_000;

export interface Row {
  buildSeconds: number;
  /** From the files to ready, verification and all; null where nothing is loaded. */
  loadSeconds: number | null;
  fileBytes: number;
  /** Of the process when all queries are answered, and at its highest. */
  memoryBytes: number;
  peakBytes: number;
  /** Of each query. */
  milliseconds: number[];
  found: number[][];
}

const [kind = '', folder = '', dimensions = ''] = process.argv.slice(2);
const dimension = Number(dimensions);
const vectorFile = join(folder, 'vectors.f32');
const queryFile = join(folder, 'queries.f32');

function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
}

function sizeOf(place: string): number {
  return readdirSync(place).reduce((sum, name) => sum + statSync(join(place, name)).size, 0);
}

async function ask(
  answer: (query: Float32Array) => number[] | Promise<number[]>,
): Promise<Pick<Row, 'milliseconds' | 'found' | 'memoryBytes' | 'peakBytes'>> {
  const queries = [...readVectors(queryFile, dimension)].map((query) => query.slice());
  // What is compiled and cached with the first queries is no part of the others.
  for (const query of queries.slice(0, 50)) await answer(query);
  const milliseconds: number[] = [];
  const found: number[][] = [];
  for (const query of queries) {
    const startedMs = performance.now();
    found.push(await answer(query));
    milliseconds.push(performance.now() - startedMs);
  }
  return { milliseconds, found, memoryBytes: memory('VmRSS'), peakBytes: memory('VmHWM') };
}

const seconds = (startedMs: number): number => (performance.now() - startedMs) / 1000;

function exactIndex(keepIn: string | null): ExactIndex {
  const index = new ExactIndex();
  if (keepIn !== null) index.keepInFile(keepIn);
  let id = 0;
  for (const vector of readVectors(vectorFile, dimension)) index.set(++id, vector);
  return index;
}

async function exact(): Promise<Row> {
  const startedMs = performance.now();
  const index = exactIndex(null);
  const buildSeconds = seconds(startedMs);
  const asked = await ask((query) => index.search(query, top).map(({ id }) => id));
  return { buildSeconds, loadSeconds: null, fileBytes: 0, ...asked };
}

/** As it serves: vectors in a file, shards on all cores, and what they find scored again. */
async function hnsw(): Promise<Row> {
  const place = join(folder, 'hnsw');
  mkdirSync(place, { recursive: true });
  const source = exactIndex(place);
  const open = async (): Promise<HnswTier> => {
    const tier = HnswTier.open({
      folder: place,
      access: 'write',
      recipeKey: 'benchmark',
      dimension,
      generation: 1,
      databaseStamp: () => 'benchmark',
      source,
    });
    await tier.ready();
    return tier;
  };
  const startedMs = performance.now();
  const tier = await open();
  const buildSeconds = seconds(startedMs);
  await tier.save();
  const asked = await ask(async (query) => {
    const hits = await tier.search(query, top);
    return source
      .scored(
        hits.map(({ id }) => id),
        query,
      )
      .map(({ id }) => id);
  });
  await tier.close();
  const loadedMs = performance.now();
  const again = await open();
  const loadSeconds = seconds(loadedMs);
  if (!again.loaded) throw new Error(again.note ?? 'the index was not loaded');
  await again.close();
  return { buildSeconds, loadSeconds, fileBytes: sizeOf(place), ...asked };
}

async function usearch(): Promise<Row> {
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const index = new Index({
    dimensions: dimension,
    metric: MetricKind.IP,
    quantization: ScalarKind.F32,
    multi: false,
    ...same,
  });
  const count = countVectors(vectorFile, dimension);
  const startedMs = performance.now();
  const block = new Float32Array(addedAtATime * dimension);
  let row = 0;
  for (const vector of readVectors(vectorFile, dimension)) {
    block.set(vector, (row % addedAtATime) * dimension);
    row += 1;
    if (row % addedAtATime !== 0 && row < count) continue;
    const rows = ((row - 1) % addedAtATime) + 1;
    const keys = BigUint64Array.from({ length: rows }, (_, i) => BigInt(row - rows + 1 + i));
    index.add(keys, block.slice(0, rows * dimension), availableParallelism());
  }
  const buildSeconds = seconds(startedMs);
  const file = join(folder, 'usearch.index');
  index.save(file);
  const asked = await ask((query) => [...index.search(query, top, 1).keys].map(Number));
  return { buildSeconds, loadSeconds: null, fileBytes: statSync(file).size, ...asked };
}

const kinds: Record<string, () => Promise<Row>> = { exact, hnsw, usearch };
if (kind in kinds) writeFileSync(join(folder, `${kind}.json`), JSON.stringify(await kinds[kind]()));
