import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src-main/engine/index.ts';
import { HnswTier } from '../../src-main/search/index.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';

const { available, reason } = HnswTier.available();
const dimension = 16;
const count = 400;
const vectors = [...clusteredVectors(count + 1, dimension)];
const [newcomer] = vectors.splice(count);

let folder: string;
let engine: Engine;

const servingOf = ({ serving }: Engine): NonNullable<Engine['serving']> => {
  if (!serving) throw new Error('nothing in service');
  return serving;
};

const openEngine = (access: 'read' | 'write' = 'write'): Engine =>
  Engine.open({ libraryPath: folder, access, crossover: 100 });

const search = (photoId: number, filter?: { formats: string[] }) =>
  engine.call('search', { examples: [{ kind: 'photo', photoId }], top: 10, filter });

/** Searches until HNSW answers. */
const untilReady = (): Promise<void> =>
  expect.poll(async () => (await search(18)).tier, { timeout: 20_000 }).toBe('hnsw');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-serving-'));
  describedLibrary(folder, vectors).close();
  engine = openEngine();
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!available)(
  `a library above the crossover${available ? '' : ` (skipped: ${reason ?? ''})`}`,
  () => {
    it('answers at once by the exact scan, and by HNSW when that is ready, with the same results', async () => {
      const first = await search(18);
      expect(first.tier).toBe('exact');
      await untilReady();
      const second = await search(18);
      expect(second.results).toEqual(first.results);
      expect(second.results[0].photo.id).toBe(18);
    });

    it('keeps no copy of its vectors in memory, and still answers what is asked about them', async () => {
      const { index } = servingOf(engine);
      await untilReady();
      // In a file already: nothing is left to be moved.
      expect(index.keepInFile(join(folder, 'missing'))).toBe(true);
      expect([...index.entries()]).toHaveLength(count);
      expect(index.vector(7)).toEqual(vectors[6]);
      expect(index.has(count + 1)).toBe(false);
    });

    it('finds what was added since, and no longer what was deleted', async () => {
      await untilReady();
      const serving = servingOf(engine);
      serving.add(9001, newcomer);
      const found = await serving.search(newcomer, 1);
      expect(found).toMatchObject({ tier: 'hnsw', hits: [{ id: 9001 }] });
      serving.delete([9001]);
      expect((await serving.search(newcomer, 1)).hits[0].id).not.toBe(9001);
    });

    it('gives as many results as are asked for when more is asked for than HNSW leads to', async () => {
      await untilReady();
      const { hits } = await servingOf(engine).search(newcomer, 5 * count);
      expect(hits).toHaveLength(count);
    });

    it('compares all that a filter allows', async () => {
      await untilReady();
      const answer = await search(18, { formats: ['png'] });
      const allowed = vectors
        .map((vector, i) => ({ id: i + 1, vector }))
        .filter(({ id }) => (id - 1) % 3 === 1);
      const score = (vector: Float32Array): number =>
        vector.reduce((sum, v, i) => sum + v * vectors[17][i], 0);
      const best = allowed.sort((a, b) => score(b.vector) - score(a.vector)).slice(0, 10);
      expect(answer.tier).toBe('exact');
      expect(answer.searched).toBe(allowed.length);
      expect(answer.results.map(({ photo }) => photo.id)).toEqual(best.map(({ id }) => id));
    });

    it('loads the index that an earlier start has written, and says what became of one that was damaged', async () => {
      const status = async () => (await engine.call('status', {})).search;
      await untilReady();
      const before = (await search(18)).results;
      expect(await status()).toMatchObject({ tier: 'hnsw', crossover: 100, note: null });
      await engine.close();
      const file = readdirSync(folder).find((name) => name.endsWith('-0.hnsw'))!;

      const reader = openEngine('read');
      expect((await reader.call('status', {})).search.note).toBeNull();
      await reader.close();

      truncateSync(join(folder, file), 1000);
      const other = openEngine('read');
      expect((await other.call('status', {})).search.note).toMatch(/has 1000 bytes.*compared instead\.$/);
      await other.close();

      engine = openEngine();
      expect((await search(18)).results).toEqual(before);
      await untilReady();
      expect((await search(18)).results).toEqual(before);
      expect((await status()).note).toMatch(
        /^The search index on disk was set aside.*A new one was built\.$/,
      );
    });

    it('is not written for a recipe that has been replaced', async () => {
      await untilReady();
      const serving = servingOf(engine);
      await serving.save();
      serving.add(9001, newcomer);
      const { library } = engine;
      const { id } = library.generations.create({ ...serving.generation }, 'building', 2);
      library.generations.putInService(id);
      const before = readdirSync(folder).filter((name) => name.startsWith('index'));
      await serving.close();
      expect(readdirSync(folder).filter((name) => name.startsWith('index'))).toEqual(before);
      // Whoever began to search before may end.
      expect((await serving.search(newcomer, 1)).hits[0].id).toBe(9001);
    });
  },
);

describe('a library that is small', () => {
  it('has no crossover, because none needed to be measured', async () => {
    await engine.close();
    const program = resolve('src-main/cli/semblance.ts');
    const text = execFileSync(process.execPath, [program, 'status', '--library', folder], {
      encoding: 'utf8',
    });
    expect(text).toMatch(
      /^Search {4}exact; HNSW above a number of photos that is measured when there are many$/m,
    );
    engine = Engine.open({ libraryPath: folder, access: 'read' });
    expect((await engine.call('status', {})).search).toMatchObject({ tier: 'exact', crossover: null });
  });
});
