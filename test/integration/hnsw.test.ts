import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExactIndex, HnswTier } from '../../src-main/search/index.ts';
import { clusteredVectors } from '../fixtures/described-library.ts';

const dimension = 32;
const count = 1500;
const { available, reason } = HnswTier.available();

describe.skipIf(!available)(`the HNSW tier${available ? '' : ` (skipped: ${reason ?? ''})`}`, () => {
  let folder: string;
  let exact: ExactIndex;
  let stamp: string;
  let tier: HnswTier | null = null;

  const open = async (shards = 2): Promise<HnswTier> => {
    tier = HnswTier.open({
      folder,
      access: 'write',
      recipeKey: 'recipe',
      dimension,
      generation: 1,
      databaseStamp: () => stamp,
      source: exact,
      shards,
    });
    await tier.ready();
    return tier;
  };

  const add = async (index: HnswTier, id: number, vector: Float32Array): Promise<void> => {
    exact.set(id, vector);
    await index.add(id);
  };

  const remove = async (index: HnswTier, id: number): Promise<void> => {
    exact.delete(id);
    await index.delete(id);
  };

  const written = (): Promise<string[]> =>
    expect
      .poll(() => readdirSync(folder).filter((name) => name === 'index.json'), { timeout: 10_000 })
      .toHaveLength(1)
      .then(() => readdirSync(folder).sort());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-hnsw-'));
    stamp = 'stamp';
    exact = new ExactIndex();
    let id = 0;
    for (const vector of clusteredVectors(count, dimension)) exact.set(++id, vector);
  });

  afterEach(async () => {
    await tier?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([1, 2, 3])(
    'finds at least 95 of 100 of what the exact scan finds, in %i shards',
    async (shards) => {
      const index = await open(shards);
      let found = 0;
      let wanted = 0;
      for (let id = 1; id <= count; id += 50) {
        const query = exact.vector(id)!;
        const expected = new Set(exact.search(query, 20).map((hit) => hit.id));
        const hits = await index.search(query, 20);
        expect(hits).toHaveLength(20);
        found += hits.filter((hit) => expected.has(hit.id)).length;
        wanted += expected.size;
      }
      expect(found / wanted).toBeGreaterThan(0.95);
    },
  );

  it('loads its files at the next start, and answers the same', async () => {
    const query = exact.vector(7)!;
    const first = await open();
    const before = await first.search(query, 10);
    expect(first.loaded).toBe(false);
    await first.save();
    await first.close();
    const again = await open();
    expect(again.loaded).toBe(true);
    expect(again.note).toBeNull();
    expect(await again.search(query, 10)).toEqual(before);
  });

  it('takes additions and deletions, and keeps them on disk', async () => {
    const index = await open();
    const query = exact.vector(7)!;
    await remove(index, 7);
    expect((await index.search(query, 10)).map(({ id }) => id)).not.toContain(7);
    await add(index, count + 1, query);
    expect((await index.search(query, 1))[0].id).toBe(count + 1);
    stamp = 'later';
    await index.save();
    await index.close();
    const again = await open();
    expect(again.loaded).toBe(true);
    expect((await again.search(query, 1))[0].id).toBe(count + 1);
    expect((await again.search(query, 10)).map(({ id }) => id)).not.toContain(7);
  });

  it('finds again what was deleted and came back, and passes over what it does not know', async () => {
    const index = await open();
    const query = exact.vector(7)!;
    await remove(index, count + 1000);
    await remove(index, 7);
    await remove(index, 7);
    await add(index, 7, query);
    expect((await index.search(query, 1))[0].id).toBe(7);
    expect(await index.search(query, 2 * count)).toHaveLength(count);
  });

  it('still finds as many as are asked for where most of a neighbourhood was deleted', async () => {
    const index = await open();
    const query = exact.vector(40)!;
    const near = exact.search(query, 300).map(({ id }) => id);
    for (const id of near) await remove(index, id);
    const hits = await index.search(query, 50);
    expect(hits).toHaveLength(50);
    const expected = new Set(exact.search(query, 50).map(({ id }) => id));
    expect(hits.filter(({ id }) => expected.has(id)).length).toBeGreaterThan(45);
  });

  it('is built anew when too much of it was deleted, and finds the rest', async () => {
    const index = await open();
    for (let id = 1; id <= 1001; id++) await remove(index, id);
    expect(index.isReady).toBe(true);
    const query = exact.vector(count)!;
    expect((await index.search(query, 1))[0].id).toBe(count);
    expect(await index.search(query, count)).toHaveLength(count - 1001);
    await index.save();
    // Neither the deleted vectors nor the files with them are left.
    expect((await written()).filter((name) => name.endsWith('.hnsw'))).toHaveLength(2);
    const manifest = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      shards: { elements: number }[];
    };
    expect(manifest.shards.reduce((sum, { elements }) => sum + elements, 0)).toBe(count - 1001);
  });

  it('hears of what changes while it is being built', async () => {
    const query = exact.vector(7)!;
    const opening = open();
    await Promise.resolve();
    for (let id = 1; id <= 100; id++) {
      exact.delete(id);
      void tier?.delete(id);
    }
    exact.set(count + 1, query);
    void tier?.add(count + 1);
    const index = await opening;
    const hits = await index.search(query, count);
    expect(hits[0].id).toBe(count + 1);
    expect(hits).toHaveLength(count - 99);
  });

  it('hears of what changes while it takes the place of damaged files, however many those were', async () => {
    const first = await open(2);
    await first.save();
    await first.close();
    truncateSync(
      join(
        folder,
        readdirSync(folder).find((name) => name.endsWith('-1.hnsw'))!,
      ),
      100,
    );
    const opening = open(3);
    const deleting: Promise<void>[] = [];
    const changing = setInterval(() => {
      const id = deleting.length + 1;
      if (!tier || id > 500) return;
      exact.delete(id);
      deleting.push(tier.delete(id));
    }, 1);
    const index = await opening;
    clearInterval(changing);
    await Promise.all(deleting);
    expect(deleting.length).toBeGreaterThan(0);
    expect(await index.search(exact.vector(count)!, count)).toHaveLength(exact.size);
    expect(index.note).toMatch(/has 100 bytes.*A new one was built\.$/);
  });

  it('may be closed at any moment, and is built at the next start', async () => {
    const refused = expect(open()).rejects.toMatchObject({ code: 'not-available' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    await tier?.close();
    await refused;
    const again = await open();
    expect(again.loaded).toBe(false);
    expect(again.note).toBeNull();
    expect((await again.search(exact.vector(7)!, 1))[0].id).toBe(7);
  });

  it('goes on when it cannot be written, says so, and leaves nothing half-written', async () => {
    const index = await open();
    await index.save();
    const before = await written();
    await add(index, count + 1, exact.vector(7)!);
    // Nothing can be renamed to the name of a folder that is not empty.
    mkdirSync(join(folder, 'index.json.tmp'));
    writeFileSync(join(folder, 'index.json.tmp', 'in the way'), '');
    await index.save();
    expect(index.note).toMatch(
      /^The search index could not be written \(.*built again after the next start\.$/,
    );
    expect((await index.search(exact.vector(7)!, 2)).map(({ id }) => id)).toEqual([7, count + 1]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.hnsw'))).toEqual(
      before.filter((name) => name.endsWith('.hnsw')),
    );
    rmSync(join(folder, 'index.json.tmp'), { recursive: true });
    await index.save();
    expect(index.note).toBeNull();
  });

  it('says so at once when it is asked after it was closed', async () => {
    const index = await open();
    await index.close();
    await expect(index.search(exact.vector(1)!, 1)).rejects.toMatchObject({ code: 'not-available' });
  });
});
