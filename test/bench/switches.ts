/**
 * `npm run bench:switches [-- PHOTOS]`: what each switch of a search adds to its latency, through the contract, and how
 * long the graph of neighbours takes to build. The vectors are those of `npm run bench:search`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandArguments, usualRanking } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { describedLibrary } from '../fixtures/described-library.ts';
import { percentile } from './percentile.ts';
import { calibrated, realVectors, type Vectors } from './search-vectors.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000];
const queries = 100;
const top = 50;
/** Milliseconds within which 95 of 100 searches are to answer, on two cores. */
const target = 150;

const { expansion, refinement, diffusion } = usualRanking;
const switches: Record<string, Pick<CommandArguments['search'], 'ranking' | 'whitening'>> = {
  plain: {},
  expansion: { ranking: { expansion } },
  refinement: { ranking: { refinement } },
  'refinement of the top 1,000': { ranking: { refinement: { ...refinement, top: 1000 } } },
  'diffusion on the top 1,000': { ranking: { diffusion } },
  'all three': { ranking: { expansion, refinement, diffusion } },
};

function* rowsOf({ count, dimension, values }: Vectors): Generator<Float32Array> {
  for (let row = 0; row < count; row++) yield values.slice(row * dimension, (row + 1) * dimension);
}

async function buildGraph(engine: Engine, path: string, photos: number): Promise<void> {
  const before = statSync(join(path, 'catalogue.sqlite')).size;
  const startedMs = performance.now();
  let longestMs = 0;
  let isOver = false;
  const waiting = engine.jobs.idle().then(() => (isOver = true));
  // What anybody who asks meanwhile waits for.
  while (!isOver) {
    const askedMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    longestMs = Math.max(longestMs, performance.now() - askedMs - 5);
  }
  await waiting;
  const seconds = (performance.now() - startedMs) / 1000;
  const failed = engine.jobs.list().find(({ error }) => error);
  if (failed) throw new Error(failed.error?.message);
  const bytes = statSync(join(path, 'catalogue.sqlite')).size - before;
  console.log(
    `neighbour graph of ${photos} photos: ${seconds.toFixed(1)} s, ${(bytes / 2 ** 20).toFixed(0)} MiB more in the catalogue; the main thread was busy for ${Math.round(longestMs)} ms at most`,
  );
}

async function bench(photos: number): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'semblance-bench-switches-'));
  try {
    const { vectors } = calibrated(await realVectors(), photos);
    describedLibrary(path, rowsOf(vectors)).close();
    const engine = Engine.open({ libraryPath: path, access: 'write' });
    try {
      await buildGraph(engine, path, photos);
      for (const [name, what] of Object.entries(switches)) {
        const times: number[] = [];
        let note = '';
        for (let i = 0; i < queries; i++) {
          const photoId = 1 + Math.floor((i * photos) / queries);
          const answer = await engine.call('search', { examples: [{ kind: 'photo', photoId }], top, ...what });
          times.push(answer.milliseconds);
          note = answer.steps.map((step) => step.note).find(Boolean) ?? note;
        }
        const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
        const verdict = p95 <= target ? 'kept' : 'MISSED';
        console.log(
          `${name}, ${photos} photos: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (at most ${target} ms: ${verdict})${note && `; ${note}`}`,
        );
      }
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

for (const photos of sizes) await bench(photos);
