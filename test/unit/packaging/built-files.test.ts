import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtClosure } from '../../../resources/packaging/built-files.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-built-'));
  const here = 'require("url").pathToFileURL(__filename).href';
  writeFileSync(
    join(folder, 'entry.cjs'),
    `const part = require("./part-1a.cjs"); require("node:fs"); require("url"); require("electron");
     new Worker(sibling(${here}, "../search/some-worker"));`,
  );
  writeFileSync(
    join(folder, 'part-1a.cjs'),
    `require("./entry.cjs"); require("@scope/name/deep/file.js");
     (0, module.createRequire)(${here})("made-here"); (0, module.createRequire)(${here}).resolve("found/package.json");
     await import("an-es-module");`,
  );
  writeFileSync(join(folder, 'some-worker.cjs'), '');
  writeFileSync(join(folder, 'unrelated.cjs'), 'require("unrelated")');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what an entry loads and starts is followed through the built files, to the packages that they name', () => {
  expect(builtClosure(folder, 'entry.cjs')).toEqual({
    files: ['entry.cjs', 'part-1a.cjs', 'some-worker.cjs'],
    packages: ['@scope/name', 'an-es-module', 'found', 'made-here'],
  });
});
