import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExactIndex, HnswTier } from '../../src-main/search/index.ts';

const dimension = 32;
const count = 1500;
const { available, reason } = HnswTier.available();

/** Unit vectors around forty centres, the same each time. */
function clusteredIndex(): ExactIndex {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const centres = Array.from({ length: 40 }, () => Array.from({ length: dimension }, random));
  const index = new ExactIndex();
  for (let id = 1; id <= count; id++) {
    const vector = Float32Array.from(centres[id % centres.length], (value) => value + 0.4 * random());
    const norm = Math.hypot(...vector);
    index.set(
      id,
      vector.map((value) => value / norm),
    );
  }
  return index;
}

describe.skipIf(!available)(`the HNSW tier${available ? '' : ` (skipped: ${reason ?? ''})`}`, () => {
  const exact = clusteredIndex();
  let folder: string;
  let tier: HnswTier | null = null;

  const open = async (
    changes: Partial<{ databaseStamp: string; recipeKey: string }> = {},
  ): Promise<HnswTier> => {
    tier = await HnswTier.open({
      folder,
      recipeKey: 'recipe',
      dimension,
      generation: 1,
      databaseStamp: 'stamp',
      count: exact.size,
      vectors: () => exact.entries(),
      ...changes,
    });
    return tier;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-hnsw-'));
  });

  afterEach(async () => {
    await tier?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds at least 95 of 100 of what the exact scan finds', async () => {
    const index = await open();
    let found = 0;
    let wanted = 0;
    for (let id = 1; id <= count; id += 50) {
      const query = exact.vector(id)!;
      const expected = new Set(exact.search(query, 20).map((hit) => hit.id));
      const hits = await index.search(query, 40);
      found += hits.filter((hit) => expected.has(hit.id)).length;
      wanted += expected.size;
    }
    expect(found / wanted).toBeGreaterThan(0.95);
  });

  it('loads its file at the next start, and answers the same', async () => {
    const query = exact.vector(7)!;
    const before = await (await open()).search(query, 10);
    expect(tier?.loaded).toBe(false);
    await tier?.close();
    const again = await open();
    expect(again.loaded).toBe(true);
    expect(await again.search(query, 10)).toEqual(before);
  });

  it('takes additions and deletions, and keeps them on disk', async () => {
    const index = await open();
    const query = exact.vector(7)!;
    await index.delete(7);
    expect((await index.search(query, 10)).map(({ id }) => id)).not.toContain(7);
    await index.add(count + 1, query);
    expect((await index.search(query, 1))[0].id).toBe(count + 1);
    await index.save('later');
    await index.close();
    const again = await open({ databaseStamp: 'later' });
    expect(again.loaded).toBe(true);
    expect((await again.search(query, 1))[0].id).toBe(count + 1);
  });

  it('finds again what was deleted and came back, and passes over what it does not know', async () => {
    const index = await open();
    const query = exact.vector(7)!;
    await index.delete(count + 1000);
    await index.delete(7);
    await index.delete(7);
    await index.add(7, query);
    expect((await index.search(query, 1))[0].id).toBe(7);
    expect(await index.search(query, 2 * count)).toHaveLength(count);
  });

  it('says so at once when it is asked after it was closed', async () => {
    const index = await open();
    await index.close();
    await expect(index.search(exact.vector(1)!, 1)).rejects.toMatchObject({ code: 'not-available' });
  });

  it.each([
    ['cut short', (file: string) => truncateSync(file, statSync(file).size - 100)],
    [
      'changed by one bit',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes[bytes.length >> 1] ^= 1;
        writeFileSync(file, bytes);
      },
    ],
    ['replaced by rubbish', (file: string) => writeFileSync(file, 'rubbish')],
    ['gone', (file: string) => rmSync(file)],
  ])('builds its index anew when the file is %s', async (_, damage) => {
    await (await open()).close();
    damage(join(folder, 'index.hnsw'));
    const again = await open();
    expect(again.loaded).toBe(false);
    expect((await again.search(exact.vector(3)!, 1))[0].id).toBe(3);
  });

  it('builds its index anew for another recipe or another state of the database', async () => {
    await (await open()).close();
    await (await open({ databaseStamp: 'other' })).close();
    expect(tier?.loaded).toBe(false);
    await open({ recipeKey: 'other' });
    expect(tier?.loaded).toBe(false);
  });
});
