import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { bundledPaths } from '../../src-main/cli/parts/bundled-paths.ts';
import { nameOf, neededBy, productionPaths } from '../../src-main/cli/parts/lockfile.ts';
import { noticesText } from '../../src-main/cli/parts/notices.ts';
import { sbomText } from '../../src-main/cli/parts/sbom.ts';
import { type Part, shippedParts, unallowedParts } from '../../src-main/cli/parts/shipped-parts.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const isBuilt = existsSync(path.join(root, 'out/renderer'));
/** Packages of other platforms lack the texts that are written down. */
const isWriter = isBuilt && process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!isWriter)('what is shipped of others (needs `npm run build`, on Linux x64)', () => {
  const parts = isWriter ? shippedParts(root) : [];

  it('is under licences that somebody has agreed to', () => {
    expect(unallowedParts(parts)).toEqual([]);
    const unknown: Part = { ...parts[0], licence: 'AGPL-3.0-only' };
    expect(unallowedParts([...parts, unknown])).toEqual([unknown]);
    const inOneFile: Part = { ...parts[0], licence: 'LGPL-3.0-or-later' };
    expect(unallowedParts([inOneFile])).toEqual([inOneFile]);
  });

  it('is what the notices name, word for word: else run `npm run notices`', () => {
    expect(read('resources/third-party-notices.txt')).toBe(noticesText(root, parts));
  });

  it('is what the list of parts holds: else run `npm run notices`', () => {
    expect(read('resources/sbom.cdx.json')).toBe(sbomText(root, parts));
  });

  it('is found in the bundler’s own files, and not in a list that somebody keeps', () => {
    const names = bundledPaths(path.join(root, 'out')).map(nameOf);
    expect(names).toEqual(expect.arrayContaining(['svelte', 'bits-ui', 'uplot', 'valibot', 'p-limit']));
    for (const tool of ['vite', 'typescript', 'vitest']) expect(names).not.toContain(tool);
  });
});

describe('the notices', () => {
  const notices = read('resources/third-party-notices.txt');

  it.each([
    'Copyright Node.js contributors',
    'GNU LESSER GENERAL PUBLIC LICENSE',
    'GNU GENERAL PUBLIC LICENSE',
    'Apache License',
    'object_detection_ssd_mobilenetv2_oidv4_fp16.tflite',
    'SQLite, which is in the public domain',
    '| libvips',
    'Copyright (c) Microsoft Corporation',
    'LICENSES.chromium.html',
  ])('hold %s', (words) => {
    expect(notices).toContain(words);
  });
});

describe('the list of parts', () => {
  const text = read('resources/sbom.cdx.json');

  it('is CycloneDX 1.6 by its schema', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(text)).toBeNull();
  });

  it('names the backbone as a model, with its licence and its hash', () => {
    const { components } = JSON.parse(text) as { components: Record<string, unknown>[] };
    expect(components.filter(({ type }) => type === 'machine-learning-model')).toEqual([
      expect.objectContaining({
        licenses: [{ license: { id: 'Apache-2.0' } }],
        hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      }),
    ]);
  });

  it('names no address that packages come from, and nothing that changes by itself', () => {
    expect(text).not.toMatch(/registry|\.tgz|timestamp|serialNumber/);
  });
});

describe('packages of a lock file', () => {
  const lock = (packages: Record<string, object>): Parameters<typeof productionPaths>[0] =>
    Object.fromEntries(
      Object.entries(packages).map(([name, facts]) => [
        name,
        {
          version: '1.0.0',
          license: 'MIT',
          integrity: undefined,
          dependencies: {},
          optionalDependencies: {},
          os: undefined,
          cpu: undefined,
          libc: undefined,
          ...facts,
        },
      ]),
    );

  it('are those that others of them need, found as Node finds them', () => {
    const packages = lock({
      '': { dependencies: { a: '1' } },
      'node_modules/a': { dependencies: { b: '1', '@c/d': '1' } },
      'node_modules/a/node_modules/b': { dependencies: { a: '1' } },
      'node_modules/b': {},
      'node_modules/@c/d': { optionalDependencies: { e: '1', absent: '1' } },
      'node_modules/e': {},
      'node_modules/tool': {},
    });
    expect(productionPaths(packages)).toEqual([
      'node_modules/@c/d',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/e',
    ]);
    expect(neededBy(packages, 'node_modules/a/node_modules/b')).toEqual(['node_modules/a']);
  });

  it('are only those of platforms that Semblance is packed for', () => {
    const needs = { linux: '1', musl: '1', android: '1', posix: '1', arm: '1' };
    const packages = lock({
      '': { optionalDependencies: needs },
      'node_modules/linux': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
      'node_modules/musl': { os: ['linux'], libc: ['musl'] },
      'node_modules/android': { os: ['android'] },
      'node_modules/posix': { os: ['!win32'] },
      'node_modules/arm': { cpu: ['arm'] },
    });
    expect(productionPaths(packages)).toEqual(['node_modules/linux', 'node_modules/posix']);
  });
});
