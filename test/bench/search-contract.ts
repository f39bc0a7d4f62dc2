/**
 * The search through the contract, in a process of its own: node search-contract.ts LIBRARY FOLDER; what it found goes to
 * FOLDER/contract.json. Queries are photos of the library, results come with their rows of the catalogue.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandArguments } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';

const queries = 200;
const top = 50;
/** How long an index may take to build. */
const patienceMs = 3_600_000;

export interface ContractRun {
  photos: number;
  crossover: number | null;
  /** From opening the library to the first answer, of a reader and of a writer. */
  startSeconds: { read: number; write: number };
  /** By what was filtered for: which tier answered, photos that count, and the time of each query. */
  searches: Record<string, { tier: string; searched: number; milliseconds: number[] }>;
  memoryBytes: number;
  peakBytes: number;
}

const filters: Record<string, CommandArguments['search']['filter']> = {
  'no filter': undefined,
  'one directory of a thousand': { directory: 'd7' },
  'one format of three': { formats: ['png'] },
  'all formats': { formats: ['jpeg', 'png', 'webp'] },
  'a keyword of every file': { tags: ['KEYWORD'] },
  'a tag given to every photo': { tags: ['Given'] },
};

const [libraryPath = '', folder = ''] = process.argv.slice(2);

async function search(engine: Engine, photoId: number, filter?: CommandArguments['search']['filter']) {
  const startedMs = performance.now();
  const { tier, searched, results } = await engine.call('search', {
    examples: [{ kind: 'photo', photoId }],
    top,
    filter,
  });
  if (results.length === 0) throw new Error('nothing was found');
  return { tier, searched, milliseconds: performance.now() - startedMs };
}

async function start(access: 'read' | 'write'): Promise<{ engine: Engine; seconds: number }> {
  const startedMs = performance.now();
  const engine = Engine.open({ libraryPath, access });
  await search(engine, 1);
  return { engine, seconds: (performance.now() - startedMs) / 1000 };
}

function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Once the crossover is measured, and HNSW is ready where the library is above it. */
async function settle(engine: Engine, photos: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (performance.now() < endMs) {
    const { crossover, tier } = (await engine.call('status', {})).search;
    const isMeasured = crossover !== null || photos < 20_000;
    if (isMeasured && (await search(engine, 1)).tier === tier) return;
    await pause(500);
  }
  throw new Error('the index was not ready in time');
}

const reader = await start('read');
await reader.engine.close();
const { engine, seconds } = await start('write');
const { photos } = await engine.call('status', {});
await settle(engine, photos);
const searches: ContractRun['searches'] = {};
for (const [name, filter] of Object.entries(filters)) {
  const answers = [];
  for (let i = 0; i < queries; i++) {
    answers.push(await search(engine, 1 + Math.floor((i * photos) / queries), filter));
  }
  const [{ tier, searched }] = answers;
  searches[name] = { tier, searched, milliseconds: answers.map((answer) => answer.milliseconds) };
}
const run: ContractRun = {
  photos,
  crossover: (await engine.call('status', {})).search.crossover,
  startSeconds: { read: reader.seconds, write: seconds },
  searches,
  memoryBytes: memory('VmRSS'),
  peakBytes: memory('VmHWM'),
};
await engine.close();
writeFileSync(join(folder, 'contract.json'), JSON.stringify(run));
