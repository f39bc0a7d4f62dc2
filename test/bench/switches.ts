/**
 * `npm run bench:switches -- [PHOTOS…] [--queries 100]`: what each switch of a search adds to its latency, through the contract;
 * how long the graph of neighbours takes to build, and how much of it is right. The vectors are those of `npm run bench:search`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type CommandArguments, usualRanking } from '../../src-main/contract/index.ts';
import { encodeFitted, fitPca, fittedByPca } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { neighbourGraph } from '../../src-main/engine/neighbours.ts';
import type { Library } from '../../src-main/library/index.ts';
import { neighbourCount } from '../../src-main/search/index.ts';
import { runtimeProduct } from '../../src-main/vision/index.ts';
import { describedLibrary } from '../fixtures/described-library.ts';
import { percentile } from './percentile.ts';
import { calibrated, realVectors, type Vectors } from './search-vectors.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { queries: { type: 'string', default: '100' } },
});
const sizes = positionals.length > 0 ? positionals.map(Number) : [10_000, 100_000];
const queries = Number(options.queries);
const top = 50;
/** Milliseconds within which 95 of 100 searches are to answer, on two cores. */
const target = 150;
const fitSample = 2000;
/** Photos whose neighbours are looked for by comparing every photo. */
const recallSample = 300;

const { expansion, refinement, diffusion } = usualRanking;
const switches: Record<string, Pick<CommandArguments['search'], 'ranking' | 'whitening'>> = {
  plain: {},
  expansion: { ranking: { expansion } },
  refinement: { ranking: { refinement } },
  'refinement of the top 1,000': { ranking: { refinement: { ...refinement, top: 1000 } } },
  'diffusion on the top 1,000': { ranking: { diffusion } },
  'another whitening strength': { whitening: 0.2 },
  'all three': { ranking: { expansion, refinement, diffusion } },
};

function* rowsOf({ count, dimension, values }: Vectors): Generator<Float32Array> {
  for (let row = 0; row < count; row++) yield values.slice(row * dimension, (row + 1) * dimension);
}

/** What the catalogue takes, with what is still in its log. */
function bytesOf(path: string): number {
  return ['', '-wal']
    .map((ending) => statSync(join(path, `library.sqlite${ending}`), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);
}

/** Principal components, whose variances another whitening strength needs; those of the vectors do for its time. */
async function giveComponents(library: Library, { dimension, values }: Vectors): Promise<void> {
  const rows = Math.min(fitSample, values.length / dimension);
  const { product, release } = runtimeProduct();
  const fit = await fitPca(
    { rows, columns: dimension, values: values.slice(0, rows * dimension) },
    dimension,
    product,
  );
  await release();
  const { id } = library.generations.serving() ?? { id: 0 };
  const encodedFit = encodeFitted(fittedByPca(fit));
  library.change(() =>
    library.generations.setFit(id, { fit: 'library', encodedFit, fittedOn: rows, note: '' }),
  );
}

async function buildGraph(engine: Engine, path: string, photos: number): Promise<void> {
  const before = bytesOf(path);
  const startedMs = performance.now();
  const used = process.cpuUsage();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await engine.jobs.idle();
  delays.disable();
  const longestMs = delays.max / 1e6;
  const { user, system } = process.cpuUsage(used);
  const processorSeconds = ((user + system) / 1e6).toFixed(1);
  const seconds = (performance.now() - startedMs) / 1000;
  const failed = engine.jobs.list().find(({ error }) => error);
  if (failed) throw new Error(failed.error?.message);
  const bytes = bytesOf(path) - before;
  console.log(
    `neighbour graph of ${photos} photos: ${seconds.toFixed(1)} s, ${processorSeconds} s of the processor, ${(bytes / 2 ** 20).toFixed(0)} MiB more in the catalogue; the main thread was busy for ${Math.round(longestMs)} ms at most`,
  );
}

/** How many of the nearest neighbours that there are the graph knows. */
function tellRecall(engine: Engine): void {
  const { serving } = engine;
  if (!serving) throw new Error('nothing is in service');
  const graph = neighbourGraph(engine);
  const shares: number[] = [];
  for (let i = 0; i < recallSample; i++) {
    const id = 1 + Math.floor((i * serving.index.size) / recallSample);
    const vector = serving.index.vector(id);
    if (!vector) continue;
    const nearest = serving.index
      .search(vector, neighbourCount + 1)
      .filter((hit) => hit.id !== id)
      .slice(0, neighbourCount);
    const known = new Set(graph.of(id)?.map((hit) => hit.id));
    shares.push(nearest.filter((hit) => known.has(hit.id)).length / nearest.length);
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  console.log(
    `it knows ${mean.toFixed(4)} of the ${neighbourCount} nearest, of ${shares.length} photos; the search uses ${serving.tier}`,
  );
}

async function bench(photos: number): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'semblance-bench-switches-'));
  try {
    const { vectors } = calibrated(await realVectors(), photos);
    const library = describedLibrary(path, rowsOf(vectors));
    await giveComponents(library, vectors);
    library.close();
    const engine = Engine.open({ libraryPath: path, access: 'write' });
    try {
      await buildGraph(engine, path, photos);
      tellRecall(engine);
      for (const [name, what] of Object.entries(switches)) {
        const times: number[] = [];
        const used = process.cpuUsage();
        let note = '';
        for (let i = 0; i < queries; i++) {
          const photoId = 1 + Math.floor((i * photos) / queries);
          const answer = await engine.call('search', {
            examples: [{ kind: 'photo', photoId }],
            top,
            ...what,
          });
          times.push(answer.milliseconds);
          note = answer.steps.map((step) => step.note).find(Boolean) ?? note;
        }
        const { user, system } = process.cpuUsage(used);
        const processorMs = (user + system) / 1000 / queries;
        const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
        const verdict = p95 <= target ? 'kept' : 'MISSED';
        console.log(
          `${name}, ${photos} photos: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (at most ${target} ms: ${verdict}), ${processorMs.toFixed(1)} ms of the processor on average${note && `; ${note}`}`,
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
