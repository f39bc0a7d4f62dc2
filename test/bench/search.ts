/**
 * `npm run bench:search`: the exact scan and HNSW, beside usearch (another approximate library, with the same settings) on
 * the same vectors, and the search through the contract; of 10,000 and 100,000 photos, and with `--million` of a million,
 * ours only. Each row is a process of its own, so that its memory is nobody else's (Linux).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeasuredCrossover } from '../../src-main/engine/measured-crossover.ts';
import { describedLibrary } from '../fixtures/described-library.ts';
import type { ContractRun } from './search-contract.ts';
import type { Row } from './search-rows.ts';
import { percentile } from './percentile.ts';
import { calibrated, mixed, realVectors, seed } from './search-vectors.ts';
import { readVectors, writeVectors } from './vector-file.ts';

/** What is promised, at 100,000 photos and, of memory, at a million. */
const promised = { recall: 0.98, hnswMs: 2, contractMs: 80, startSeconds: 3, memoryFactor: 1.6 };
const questions = 1000;

const root = mkdtempSync(join(tmpdir(), 'semblance-bench-search-'));
process.env['SEMBLANCE_MODELS'] = join(root, 'models');

function judge(what: string, isKept: boolean): void {
  if (!isKept) process.exitCode = 1;
  console.log(`  ${what}: ${isKept ? 'kept' : 'MISSED'}`);
}

const times = (milliseconds: number[]): string =>
  `p50 ${percentile(milliseconds, 0.5).toFixed(2)} ms, p95 ${percentile(milliseconds, 0.95).toFixed(2)} ms`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

function child(script: string, ...args: string[]): void {
  execFileSync(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: 'inherit' });
}

function row(kind: string, folder: string, dimension: number): Row {
  child('search-rows.ts', kind, folder, String(dimension));
  return JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as Row;
}

function recall(found: number[][], truth: number[][]): number {
  let hits = 0;
  found.forEach((each, query) => (hits += each.filter((id) => truth[query].includes(id)).length));
  return hits / truth.flat().length;
}

function tell(kind: string, result: Row, truth: Row, rawBytes: number): void {
  const { buildSeconds, loadSeconds, fileBytes, memoryBytes, peakBytes, milliseconds, found } = result;
  console.log(
    `  ${kind.padEnd(8)} built in ${buildSeconds.toFixed(1)} s` +
      (loadSeconds === null ? '' : `, loaded in ${loadSeconds.toFixed(1)} s`) +
      `, files ${megabytes(fileBytes)}, memory ${megabytes(memoryBytes)} (${(memoryBytes / rawBytes).toFixed(2)} × raw; ` +
      `highest ${megabytes(peakBytes)}), ${times(milliseconds)}, recall@10 ${recall(found, truth.found).toFixed(4)}`,
  );
}

function throughTheContract(folder: string, dimension: number): ContractRun {
  const library = join(folder, 'library');
  describedLibrary(library, readVectors(join(folder, 'vectors.f32'), dimension)).close();
  console.log(`  library  ${megabytes(statSync(join(library, 'library.sqlite')).size)} of catalogue`);
  child('search-contract.ts', library, folder);
  return JSON.parse(readFileSync(join(folder, 'contract.json'), 'utf8')) as ContractRun;
}

// As on any start but the first.
const crossover = new MeasuredCrossover();
await new Promise<void>((resolve) => crossover.measureFor(Infinity, resolve));

const real = await realVectors();
const { dimension } = real;
console.log(
  `${cpus()[0]?.model.trim() ?? ''}, ${availableParallelism()} cores; ${real.count} real descriptors of ${dimension}, ` +
    `seed ${seed}; ${questions} queries`,
);
try {
  const isMillion = process.argv.includes('--million');
  for (const count of isMillion ? [1_000_000] : [10_000, 100_000]) {
    const folder = join(root, String(count));
    mkdirSync(folder);
    {
      const { vectors, noise, realMedian, median } = calibrated(real, count);
      writeVectors(join(folder, 'vectors.f32'), vectors.values);
      writeVectors(join(folder, 'queries.f32'), mixed(real, questions, noise, seed + 1).values);
      console.log(
        `${count} photos: noise ${noise.toFixed(4)}; median cosine to the nearest ${median.toFixed(4)}, ` +
          `of the real ones ${realMedian.toFixed(4)}`,
      );
    }
    const rawBytes = 4 * count * dimension;
    const exact = row('exact', folder, dimension);
    tell('exact', exact, exact, rawBytes);
    const hnsw = row('hnsw', folder, dimension);
    tell('hnsw', hnsw, exact, rawBytes);
    rmSync(join(folder, 'hnsw'), { recursive: true });
    if (!isMillion) tell('usearch', row('usearch', folder, dimension), exact, rawBytes);
    const contract = throughTheContract(folder, dimension);
    console.log(
      `  contract first answer ${contract.startSeconds.write.toFixed(2)} s after the start (reader: ` +
        `${contract.startSeconds.read.toFixed(2)} s); crossover ${contract.crossover ?? 'not measured'}; memory ` +
        `${megabytes(contract.memoryBytes)} (${(contract.memoryBytes / rawBytes).toFixed(2)} × raw)`,
    );
    for (const [name, { tier, searched, milliseconds }] of Object.entries(contract.searches)) {
      console.log(`  contract ${name} (${tier}, ${searched} photos): ${times(milliseconds)}`);
    }
    const hnswMs = percentile(hnsw.milliseconds, 0.95);
    if (count === 100_000) {
      judge(`recall@10 of HNSW ≥ ${promised.recall}`, recall(hnsw.found, exact.found) >= promised.recall);
      judge(`HNSW ≤ ${promised.hnswMs} ms p95`, hnswMs <= promised.hnswMs);
      const slowest = Math.max(
        ...Object.values(contract.searches).map(({ milliseconds }) => percentile(milliseconds, 0.95)),
      );
      judge(`results through the contract ≤ ${promised.contractMs} ms p95`, slowest <= promised.contractMs);
      judge(
        `ready ≤ ${promised.startSeconds} s after the start`,
        Math.max(contract.startSeconds.read, contract.startSeconds.write) <= promised.startSeconds,
      );
    }
    if (isMillion) {
      const factor = Math.max(hnsw.memoryBytes, contract.memoryBytes) / rawBytes;
      judge(`memory in the HNSW tier < ${promised.memoryFactor} × raw`, factor < promised.memoryFactor);
    }
    rmSync(folder, { recursive: true });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
