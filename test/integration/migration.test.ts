import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { decodeFirstCode, decodeStatistics, layoutOf } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { Library } from '../../src-main/library/index.ts';

/** A library of two photos as the first schema left it, without its fit. */
const snapshot = new URL('../fixtures/library-v1.sqlite.gz', import.meta.url);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-migration-'));
  writeFileSync(join(folder, 'library.sqlite'), gunzipSync(readFileSync(snapshot)));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function firstStatistics(): Float32Array[] {
  const database = new Database(join(folder, 'library.sqlite'), { readonly: true });
  const rows = database
    .prepare<[], { data: Buffer }>('SELECT data FROM powerMeans ORDER BY contentId')
    .all()
    .map(({ data }) => decodeFirstCode(data));
  database.close();
  return rows;
}

describe('a library of the first schema', () => {
  it('keeps its photos, descriptors and recipe, and gets a smaller cache in the background', async () => {
    const before = firstStatistics();
    const engine = Engine.open({ libraryPath: folder, access: 'write' });
    try {
      expect(engine.recipe).toEqual(defaultRecipe);
      expect(engine.serving?.index.size).toBe(2);
      expect(engine.library.photos.counts().photos).toBe(2);
      await engine.jobs.idle();
      expect(engine.jobs.list().map(({ kind, state }) => [kind, state])).toEqual([
        ['renew-cache', 'done'],
        ['metadata', 'done'],
      ]);
      expect(engine.library.powerMeans.outdated()).toBe(0);
      const { extractionKey } = engine.serving!.generation;
      const layout = layoutOf(engine.serving!.extraction);
      for (const [i, id] of engine.library.photos.contentIds().sort().entries()) {
        const data = engine.library.powerMeans.get(id, extractionKey)!;
        expect(data.length).toBeLessThanOrEqual(40 * 1024);
        decodeStatistics(layout, data).forEach((value, place) =>
          expect(Math.abs(value / before[i][place] - 1)).toBeLessThan(0.02),
        );
      }
    } finally {
      await engine.close();
    }
  });

  it('can be searched before its cache is renewed', () => {
    const library = Library.open(folder, 'write');
    const serving = library.generations.serving()!;
    library.close();
    expect(serving.recipe).toEqual(defaultRecipe);
    const engine = Engine.open({ libraryPath: folder, access: 'read' });
    expect(engine.serving?.index.size).toBe(2);
    return engine.close();
  });

  it('is refused to a reader until somebody has brought it up to date', () => {
    expect(() => Library.open(folder, 'read')).toThrow(/older Semblance/);
  });
});

describe('a library of a newer schema', () => {
  it('is refused without being touched', () => {
    const file = join(folder, 'library.sqlite');
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(file);
    expect(() => Library.open(folder, 'write')).toThrow(expect.objectContaining({ code: 'library-newer' }));
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
