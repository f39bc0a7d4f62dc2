import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { budgetProblems, budgetTable, measureParts } from '../../../resources/packaging/size-budget.ts';

const whole = {
  semblance: 500,
  LICENSE: 1,
  'resources/app.asar': 10,
  'resources/node/node': 200,
  'resources/engine/package.json': 1,
  'resources/engine/LICENSE': 1,
  'resources/engine/out/main/engine-process.cjs': 5,
  'resources/engine/out/models/default/graph.onnx': 20,
  'resources/engine/node_modules/onnxruntime-node/bin/libonnxruntime.so.1': 100,
  'resources/engine/node_modules/onnxruntime-common/dist/index.js': 3,
  'resources/engine/node_modules/@img/sharp-libvips-linux-x64/lib/libvips.so': 50,
  'resources/engine/node_modules/sharp/dist/index.cjs': 1,
  'resources/engine/node_modules/better-sqlite3/prebuilds/linux-x64.node': 6,
  'resources/engine/node_modules/hnswlib-node/build/Release/addon.node': 2,
  'resources/engine/node_modules/libheif-js/libheif-wasm/libheif-bundle.js': 4,
  'resources/engine/node_modules/sax/lib/sax.js': 1,
};

let app: string;

beforeEach(() => (app = mkdtempSync(join(tmpdir(), 'semblance-budget-'))));
afterEach(() => rmSync(app, { recursive: true, force: true }));

function lay(files: Record<string, number>): void {
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    writeFileSync(join(app, file), Buffer.alloc(bytes));
  }
}

describe('the size of a package', () => {
  it('is told by its parts, and every file is counted once', () => {
    lay(whole);
    const sizes = measureParts(app, join(app, 'resources'));
    const byName = Object.fromEntries(sizes.map(({ name, bytes }) => [name, bytes]));
    expect(byName).toMatchObject({ Electron: 500, Node: 200, onnxruntime: 103, 'sharp with libvips': 51 });
    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
      Object.values(whole).reduce((sum, bytes) => sum + bytes),
    );
    expect(budgetProblems(sizes)).toEqual([]);
    const [, first] = budgetTable(sizes).split('\n');
    expect(first).toMatch(/^Electron +0\.0 +55\.2 % +290\.0$/);
  });

  it('fails where a part is missing', () => {
    lay(whole);
    rmSync(join(app, 'resources/engine/node_modules/hnswlib-node'), { recursive: true });
    expect(budgetProblems(measureParts(app, join(app, 'resources')))).toEqual([
      expect.stringMatching(/^hnswlib-node is missing/),
    ]);
  });

  it('fails where a part is over its limit', () => {
    lay({ ...whole, 'resources/engine/node_modules/sax/lib/sax.js': 5_100_000 });
    expect(budgetProblems(measureParts(app, join(app, 'resources')))).toEqual([
      'other npm packages takes 5.1 MB, and 5.0 are allowed',
    ]);
  });
});
