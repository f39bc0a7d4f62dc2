import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExactIndex, HnswTier } from '../../src-main/search/index.ts';
import { sealOf } from '../../src-main/vision/index.ts';
import { loadVerified } from '../../src-main/search/shard-file.ts';
import { clusteredVectors } from '../fixtures/described-library.ts';

const dimension = 16;
const count = 200;
const { available, reason } = HnswTier.available();

interface Manifest {
  recipeKey: string;
  seal: string;
  shards: { name: string; elements: number; sizeBytes: number; sha256: string }[];
}

describe.skipIf(!available)(
  `an index on disk that is not as it was written${available ? '' : ` (skipped: ${reason ?? ''})`}`,
  () => {
    const exact = new ExactIndex();
    let id = 0;
    for (const vector of clusteredVectors(count, dimension)) exact.set(++id, vector);
    const query = exact.vector(7)!;
    const expected = exact.search(query, 10).map((hit) => hit.id);

    let root: string;
    /** Holds an index that is whole, to be copied. */
    let whole: string;
    let folder: string;
    let tier: HnswTier | null = null;

    const open = async (changes: Partial<Parameters<typeof HnswTier.open>[0]> = {}): Promise<HnswTier> => {
      tier = HnswTier.open({
        folder,
        access: 'write',
        recipeKey: 'recipe',
        dimension,
        generation: 1,
        databaseStamp: () => 'stamp',
        source: exact,
        shards: 2,
        ...changes,
      });
      await tier.ready();
      return tier;
    };

    const shardFile = (shard = 0): string =>
      join(
        folder,
        readdirSync(folder).find((name) => name.endsWith(`-${shard}.hnsw`))!,
      );
    const manifestFile = (): string => join(folder, 'index.json');
    const manifest = (): Manifest => JSON.parse(readFileSync(manifestFile(), 'utf8')) as Manifest;

    /** Puts the whole index back. */
    const restore = (): void => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      for (const name of readdirSync(whole)) copyFileSync(join(whole, name), join(folder, name));
    };

    /** It is noticed, told in one line, built anew and right; and the next start finds the new one whole. */
    const expectRebuilt = async (
      why: RegExp | null,
      changes: Partial<Parameters<typeof HnswTier.open>[0]> = {},
    ): Promise<void> => {
      const again = await open(changes);
      expect(again.loaded).toBe(false);
      if (why) {
        expect(again.note).toMatch(
          /^The search index on disk was set aside, because .*\. A new one was built\.$/,
        );
        expect(again.note).toMatch(why);
      } else expect(again.note).toBeNull();
      expect((await again.search(query, 10)).map((hit) => hit.id)).toEqual(expected);
      await again.save();
      await again.close();
      const next = await open(changes);
      expect(next.loaded).toBe(true);
      expect((await next.search(query, 10)).map((hit) => hit.id)).toEqual(expected);
      await next.close();
      expect(readdirSync(folder)).toHaveLength(3);
    };

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'semblance-damage-'));
      [whole, folder] = [join(root, 'whole'), join(root, 'whole')];
      mkdirSync(whole);
      const first = await open();
      await first.save();
      await first.close();
      folder = join(root, 'library');
    });

    beforeEach(restore);
    afterEach(() => tier?.close());
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it('is loaded while nothing is wrong', async () => {
      const again = await open();
      expect(again.loaded).toBe(true);
      expect(again.note).toBeNull();
      expect((await again.search(query, 10)).map((hit) => hit.id)).toEqual(expected);
    });

    const files: [string, () => void, RegExp | null][] = [
      ['cut short', () => truncateSync(shardFile(), 5000), /has 5000 bytes instead of/],
      ['emptied', () => truncateSync(shardFile(1), 0), /has 0 bytes instead of/],
      ['missing', () => rmSync(shardFile(1)), /-1\.hnsw is missing/],
      ['replaced by rubbish', () => writeFileSync(shardFile(), 'rubbish'), /has 7 bytes/],
      [
        'replaced by the other shard',
        () => copyFileSync(shardFile(1), shardFile(0)),
        /is not what was written|bytes instead of/,
      ],
    ];

    it.each(files)('is built anew when a file is %s', async (_, damage, why) => {
      damage();
      await expectRebuilt(why);
    });

    const manifests: [string, () => void, RegExp | null][] = [
      ['missing', () => rmSync(manifestFile()), /its manifest is missing/],
      ['empty', () => truncateSync(manifestFile(), 0), /its manifest cannot be read/],
      ['rubbish', () => writeFileSync(manifestFile(), '\0\x01{'), /its manifest cannot be read/],
      ['of an earlier version', () => change({ format: 1 }), /its manifest cannot be read/],
      ['without shards', () => change({ shards: [] }), /its manifest cannot be read/],
      [
        'pointing out of the folder',
        () => change({ shards: [{ ...manifest().shards[0], name: '../library.sqlite' }] }),
        /its manifest cannot be read/,
      ],
      ['of another recipe', () => change({ recipeKey: 'other' }), /it was made by another recipe/],
      ['of an older generation', () => change({ generation: 0 }), /another generation/],
      ['of another dimension', () => change({ dimension: 8 }), /of 8 dimensions instead of 16/],
      ['of another number of photos', () => change({ count: 199 }), /199 photos instead of 200/],
      ['older than the database', () => change({ databaseStamp: 'before' }), /photos came or went/],
    ];

    function change(changes: Record<string, unknown>): void {
      const sealed: Partial<Manifest> = { ...manifest(), ...changes };
      delete sealed.seal;
      // As this machine would have written it.
      writeFileSync(manifestFile(), JSON.stringify({ ...sealed, seal: sealOf(JSON.stringify(sealed)) }));
    }

    it.each(manifests)('is built anew when its manifest is %s', async (_, damage, why) => {
      damage();
      await expectRebuilt(why);
    });

    it('is built without a word where there was none', async () => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      await expectRebuilt(null);
    });

    it('is built anew when a file was made for vectors of another length, checksum and all', async () => {
      const other = new ExactIndex();
      let next = 0;
      for (const vector of clusteredVectors(count, 8)) other.set(++next, vector);
      const elsewhere = join(root, 'other');
      mkdirSync(elsewhere);
      const small = await open({ folder: elsewhere, dimension: 8, source: other });
      await small.save();
      await small.close();
      const name = readdirSync(elsewhere).find((each) => each.endsWith('-0.hnsw'))!;
      const bytes = readFileSync(join(elsewhere, name));
      writeFileSync(shardFile(), bytes);
      const [first, ...rest] = manifest().shards;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      change({ shards: [{ ...first, sizeBytes: bytes.length, sha256 }, ...rest] });
      await expectRebuilt(/holds other vectors than it should/);
    });

    it('is built anew when a shard holds less than it should, checksum and all', async () => {
      const [first, ...rest] = manifest().shards;
      change({ shards: [{ ...first, elements: first.elements + 1 }, ...rest] });
      await expectRebuilt(/holds other vectors than it should/);
    });

    it('is built anew where another machine wrote it, whose files may do harm though their checksums are right', async () => {
      const bytes = readFileSync(shardFile());
      // Found by test:fuzz (index-files, seed 3): hnswlib ends the process with such a header.
      bytes.fill(0xff, 8, 96);
      writeFileSync(shardFile(), bytes);
      const [first, ...rest] = manifest().shards;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const seal = '0'.repeat(64);
      writeFileSync(
        manifestFile(),
        JSON.stringify({ ...manifest(), shards: [{ ...first, sha256 }, ...rest], seal }),
      );
      await expectRebuilt(/it was not written on this machine/);
    });

    it('is built anew after a start that ended while it was being loaded', async () => {
      writeFileSync(join(folder, 'index-loading'), '');
      await expectRebuilt(/Semblance ended while it was being loaded/);
    });

    it('is noticed whichever bit of whichever file is changed', async () => {
      const file = (shard: number): string =>
        join(
          whole,
          readdirSync(whole)
            .filter((name) => name.endsWith('.hnsw'))
            .sort()[shard],
        );
      const sizes = [0, 1].map((shard) => readFileSync(file(shard)).length);
      // Each field of the header, and any place behind it.
      const places = fc.oneof(
        fc.record({ shard: fc.integer({ min: 0, max: 1 }), at: fc.integer({ min: 0, max: 95 }) }),
        fc
          .integer({ min: 0, max: 1 })
          .chain((shard) =>
            fc.record({ shard: fc.constant(shard), at: fc.integer({ min: 96, max: sizes[shard] - 1 }) }),
          ),
      );
      await fc.assert(
        fc.asyncProperty(places, fc.integer({ min: 0, max: 7 }), async ({ shard, at }, bit) => {
          restore();
          const damaged = join(
            folder,
            readdirSync(folder)
              .filter((name) => name.endsWith('.hnsw'))
              .sort()[shard],
          );
          const bytes = readFileSync(damaged);
          bytes[at] ^= 1 << bit;
          writeFileSync(damaged, bytes);
          const again = await open();
          expect(again.loaded).toBe(false);
          expect(again.note).toMatch(/is not what was written to it/);
          expect((await again.search(query, 10)).map((hit) => hit.id)).toEqual(expected);
          await again.close();
        }),
        { numRuns: 25 },
      );
    });

    it('is not loaded from what took its place after it was verified', async () => {
      const [file] = manifest().shards;
      const loaded: Buffer[] = [];
      const wholeBytes = readFileSync(join(folder, file.name));
      const problem = await loadVerified(folder, file, dimension, (path) => {
        writeFileSync(join(folder, 'swapped'), 'rubbish');
        renameSync(join(folder, 'swapped'), join(folder, file.name));
        loaded.push(readFileSync(path));
      });
      expect(problem).toBeNull();
      expect(loaded[0].equals(wholeBytes)).toBe(true);
      expect(readdirSync(folder)).toHaveLength(3);
    });

    it('is not used when it was written to while it was loaded', async () => {
      const [file] = manifest().shards;
      const problem = await loadVerified(folder, file, dimension, (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 1] ^= 1;
        writeFileSync(path, bytes);
      });
      expect(problem).toMatch(/changed while it was loaded/);
    });

    it('is left alone by a reader, who says why every photo is compared', async () => {
      change({ recipeKey: 'other' });
      const before = readdirSync(folder);
      await expect(open({ access: 'read' })).rejects.toMatchObject({ code: 'not-available' });
      expect(tier?.note).toMatch(/made by another recipe\. Every photo is compared instead\.$/);
      expect(readdirSync(folder)).toEqual(before);
      restore();
      expect((await open({ access: 'read' })).loaded).toBe(true);
    });
  },
);
