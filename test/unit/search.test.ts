import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/descriptor/random.ts';
import { DotKernel } from '../../src-main/search/dot-kernel.ts';
import { ExactIndex } from '../../src-main/search/exact-index.ts';
import { crossoverOf, measureScan } from '../../src-main/search/scan-speed.ts';
import { compareHits, TopHits } from '../../src-main/search/top-hits.ts';

const dimension = 6;
const vectorArbitrary = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension })
  .map((values) => Float32Array.from(values));

function randomVectors(count: number, length: number, seed: number): Float32Array[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length }, () => random() - 0.5));
}

function product(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

describe('top hits', () => {
  it('are the best of all, ties in the order of ids', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 })),
        fc.integer({ min: 1, max: 20 }),
        (scores, limit) => {
          const best = new TopHits(limit);
          scores.forEach((score, id) => best.add(id, score));
          const expected = scores.map((score, id) => ({ id, score })).sort(compareHits);
          expect(best.sorted()).toEqual(expected.slice(0, limit));
        },
      ),
    );
  });
});

describe('the vector kernel', () => {
  it.each([1, 3, 15, 16, 17, 64, 100, 256, 2048])(
    'multiplies rows of %i numbers as a loop does',
    (length) => {
      const count = 50;
      const rows = randomVectors(count + 1, length, length);
      const query = rows[count];
      const kernel = new DotKernel(length);
      kernel.reserve(count);
      // What a longer query or row has left behind must not count.
      kernel.setQuery(new Float32Array(length).fill(9));
      for (let row = 0; row < count; row++) kernel.set(row, new Float32Array(length).fill(9));
      for (let row = 0; row < count; row++) kernel.set(row, rows[row]);
      kernel.setQuery(query);
      for (let first = 0; first < count; first += kernel.blockRows) {
        kernel.scores(first, Math.min(kernel.blockRows, count - first)).forEach((score, i) => {
          expect(score).toBeCloseTo(product(rows[first + i], query), 4);
        });
      }
      expect(kernel.score(count - 1)).toBeCloseTo(product(rows[count - 1], query), 4);
      expect(kernel.read(3)).toEqual(rows[3]);
    },
  );

  it.each([1, 15, 16, 17, 100, 256])(
    'weighs the components of rows of %i numbers as a loop does',
    (length) => {
      const count = 40;
      const [query, factors, ...rows] = randomVectors(count + 2, length, length);
      const kernel = new DotKernel(length);
      kernel.reserve(count + 1);
      rows.forEach((row, i) => kernel.set(i, row));
      kernel.set(count, new Float32Array(length));
      kernel.setQuery(query, factors);
      const scores = kernel.scores(0, count + 1);
      rows.forEach((row, i) => {
        const weighed = row.map((value, component) => value * factors[component]);
        expect(scores[i]).toBeCloseTo(product(weighed, query) / Math.hypot(...weighed), 4);
      });
      expect(scores[count]).toBe(0);
      expect(kernel.score(0)).toBeCloseTo(scores[0], 6);
      kernel.setQuery(query);
      expect(kernel.score(1)).toBeCloseTo(product(rows[1], query), 4);
    },
  );
});

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-exact-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kept = { memory: () => new ExactIndex(), file: indexInFile, 'a file after a while': indexInFileLater };

function indexInFile(): ExactIndex {
  const index = new ExactIndex();
  expect(index.keepInFile(folder)).toBe(true);
  return index;
}

/** Begins in memory and goes to a file with its third vector. */
function indexInFileLater(): ExactIndex {
  return new (class extends ExactIndex {
    override set(id: number, vector: Float32Array): void {
      super.set(id, vector);
      if (this.size >= 3) this.keepInFile(folder);
    }
  })();
}

describe.each(Object.entries(kept))('the exact index, kept in %s', (_, make) => {
  it('agrees with comparing one by one, whatever was added, replaced and deleted', () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      vector: fc.option(vectorArbitrary, { freq: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), vectorArbitrary, (changes, query) => {
        const index = make();
        const model = new Map<number, Float32Array>();
        for (const { id, vector } of changes) {
          if (vector) {
            index.set(id, vector);
            model.set(id, vector);
          } else {
            expect(index.delete(id)).toBe(model.delete(id));
          }
        }
        expect(index.size).toBe(model.size);
        expect(new Map([...index.entries()].map(({ id, vector }) => [id, vector]))).toEqual(model);
        const scored = index.scored([...model.keys(), 99], query);
        expect(scored).toHaveLength(model.size);
        for (const { id, score } of scored) expect(score).toBeCloseTo(product(model.get(id)!, query), 5);
        expect(index.search(query, 5)).toEqual(scored.slice(0, 5));
      }),
      { numRuns: 60 },
    );
  });

  it('finds the true best of those that a filter allows, whether that are few or nearly all', () => {
    const count = 3000;
    const index = make();
    const vectors = randomVectors(count, dimension, 5);
    vectors.forEach((vector, i) => index.set(i + 1, vector));
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999, 1),
        fc.integer({ min: 1, max: 50 }),
        fc.integer(),
        vectorArbitrary,
        (share, top, seed, query) => {
          const random = randomFrom(seed);
          const allowed = vectors.map((_, i) => i + 1).filter(() => random() < share);
          const expected = index.scored(allowed, query).slice(0, top);
          expect(index.search(query, top, [...allowed, count + 5])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a vector of another dimension', () => {
    const index = make();
    index.set(1, Float32Array.of(1, 0));
    expect(() => index.search(Float32Array.of(1, 0, 0), 1)).toThrow(/another recipe/);
    expect(() => index.set(2, Float32Array.of(1))).toThrow(/another recipe/);
    index.delete(1);
    index.set(2, Float32Array.of(1));
    expect(index.dimension).toBe(1);
  });

  it('finds nothing while it is empty', () => {
    expect(make().search(Float32Array.of(1), 3)).toEqual([]);
  });
});

describe('a file of vectors', () => {
  it('holds more than one block, and is nowhere to be seen', () => {
    const length = 64;
    const vectors = randomVectors(20_000, length, 9);
    const [inFile, inMemory] = [indexInFile(), new ExactIndex()];
    vectors.forEach((vector, id) => [inFile, inMemory].forEach((index) => index.set(id, vector)));
    for (const id of [3, 8191, 19_999, 19_998, 0]) [inFile, inMemory].forEach((index) => index.delete(id));
    const query = vectors[8000];
    expect(inFile.search(query, 100)).toEqual(inMemory.search(query, 100));
    expect(inFile.vector(17_000)).toEqual(vectors[17_000]);
    expect(readdirSync(folder)).toEqual([]);
  });

  // A limit on the size of files stands for a full disk: either way a write fails in the middle.
  it.skipIf(process.platform === 'win32')(
    'gives way to memory when the disk is full, and loses nothing',
    () => {
      const script = `
      import { ExactIndex } from ${JSON.stringify(resolve('src-main/search/exact-index.ts'))};
      const index = new ExactIndex();
      if (!index.keepInFile(${JSON.stringify(folder)})) throw new Error('not in a file');
      const vector = (id) => Float32Array.from({ length: 64 }, (_, i) => Math.sin(id * 12.9898 + i));
      for (let id = 0; id < 20000; id++) index.set(id, vector(id));
      if (index.keepInFile(${JSON.stringify(folder)})) throw new Error('still in a file');
      for (let id = 0; id < 20000; id += 37) {
        if (Buffer.compare(Buffer.from(index.vector(id).buffer), Buffer.from(vector(id).buffer)) !== 0)
          throw new Error('lost ' + id);
      }
      console.log(index.search(vector(4321), 5).length, index.size);`;
      const shell = `trap '' XFSZ; ulimit -f 3000; exec "$0" --input-type=module-typescript -e "$1"`;
      const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
      expect(said.trim()).toBe('5 20000');
    },
  );

  it('gives way to memory where none can be written', () => {
    const index = new ExactIndex();
    index.set(1, Float32Array.of(1, 0));
    expect(index.keepInFile(join(folder, 'missing'))).toBe(false);
    index.set(2, Float32Array.of(0, 1));
    expect(index.search(Float32Array.of(0, 1), 1)[0].id).toBe(2);
    const empty = new ExactIndex();
    empty.keepInFile(join(folder, 'missing'));
    empty.set(1, Float32Array.of(1, 0));
    expect(empty.vector(1)).toEqual(Float32Array.of(1, 0));
  });
});

describe('the crossover', () => {
  it('follows from what was measured: twice as far on a machine that is twice as fast, and for half the numbers', () => {
    const nanoseconds = measureScan();
    expect(nanoseconds).toBeGreaterThan(0);
    expect(crossoverOf(0.2, 256)).toBe(195_312);
    expect(crossoverOf(0.1, 256)).toBe(390_625);
    expect(crossoverOf(0.2, 128)).toBe(390_625);
  });
});
