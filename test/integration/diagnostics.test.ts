import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostics } from '../../src-main/contract/index.ts';
import { openLog } from '../../src-main/engine/log.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { answerOf, runSemblance } from '../fixtures/run-semblance.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const folderName = 'Holiday in Rome';
const photoNames = ['Anna at the beach.png', "Ben's birthday.png", 'Zürich (1).png'];
const tag = 'grandmother';

let small: SmallLibrary;
let diagnostics: Diagnostics;
let given: string;

/** What another reader finds in a zip, by name. */
function contentsOf(zip: string): Record<string, string> {
  const read =
    'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
  return JSON.parse(execFileSync('python3', ['-c', read, zip], { encoding: 'utf8' })) as Record<
    string,
    string
  >;
}

function expectNothingPersonal(text: string): void {
  const names = [
    ...photoNames,
    ...photoNames.map((name) => name.replace('.png', '')),
    'Anna',
    'birthday',
    'Zürich',
  ];
  for (const each of [...names, folderName, 'Rome', tag, small.root, basename(small.root), tmpdir()]) {
    expect(text).not.toContain(each);
  }
  for (const each of [hostname(), userInfo().username]) {
    expect(text).not.toMatch(new RegExp(`(?<![\\p{L}\\p{N}])${each}(?![\\p{L}\\p{N}])`, 'u'));
  }
}

const textOf = (name: string): string => diagnostics.files.find((file) => file.name === name)?.text ?? '';

beforeAll(async () => {
  small = await smallLibrary(8, 64, { knownDevice: true, log: (path) => openLog(path, 'terminal', 'debug') });
  const photos = join(small.root, folderName);
  for (const [place, name] of photoNames.entries()) await writePhoto(photos, name, place);
  writeFileSync(join(photos, 'Cut off.jpg'), 'no picture');
  const { engine } = small;
  await engine.call('addFolder', { path: photos });
  await engine.call('startIndexing', {});
  await engine.jobs.idle();
  const { photos: found } = await engine.call('photos', { offset: 0, limit: 10, order: 'path' });
  await engine.call('changeTags', {
    photos: { photoIds: found.map(({ id }) => id) },
    add: [tag],
    remove: [],
  });
  await engine.call('addFolder', { path: join(photos, 'nowhere') }).catch(() => undefined);
  await engine.call('photo', { photoId: 4711 }).catch(() => undefined);
  diagnostics = await engine.call('diagnostics', { interface: { electron: '45.4.1' } });
  given = join(small.root, 'given.zip');
  writeFileSync(given, diagnostics.zip);
}, 120_000);
afterAll(() => small.close());

describe('diagnostics', () => {
  it('are texts that a person can read before they go anywhere, each said what it is', () => {
    expect(diagnostics.files.map(({ name }) => name)).toEqual([
      'README.txt',
      'versions.json',
      'machine.txt',
      'library.json',
      'settings.json',
      'recipe.json',
      'timings.json',
      'errors.jsonl',
      'log.jsonl',
    ]);
    for (const { name, purpose } of diagnostics.files.slice(1)) {
      expect(textOf('README.txt')).toContain(name);
      expect(textOf('README.txt')).toContain(purpose);
    }
    expect(diagnostics.name).toMatch(/^semblance-diagnostics-\d{4}-\d\d-\d\d\.zip$/);
  });

  it('tell versions, counts, problems by their reason, jobs with their times, and errors', () => {
    const { engine, interface: shown } = JSON.parse(textOf('versions.json')) as Record<
      string,
      Record<string, string>
    >;
    for (const part of ['semblance', 'node', 'system', 'onnxruntime', 'sharp', 'libvips', 'sqlite']) {
      expect(engine[part], part).toMatch(/\d/);
    }
    expect(shown).toEqual({ electron: '45.4.1' });
    const library = JSON.parse(textOf('library.json')) as Record<string, unknown>;
    expect(library).toMatchObject({
      photos: 3,
      folders: { count: 1, offline: 0 },
      search: { tier: 'exact', pictures: 3 },
    });
    expect(Object.values(library['problems'] as Record<string, number>)).toEqual([1]);
    const { jobs } = JSON.parse(textOf('timings.json')) as { jobs: Record<string, unknown>[] };
    expect(jobs.find(({ kind }) => kind === 'index')).toMatchObject({
      state: 'done',
      index: { indexed: 3, skipped: 1 },
    });
    expect(textOf('errors.jsonl')).toContain('"code":"no-such-folder"');
    expect(textOf('errors.jsonl')).toContain('"code":"not-found"');
    expect(textOf('machine.txt')).toMatch(/cores, .* of memory/);
    expect(JSON.parse(textOf('settings.json'))).toMatchObject({ watch: true });
  });

  it.skipIf(!hasPython)('hold in the zip just what was shown, as another reader sees it', () => {
    const contents = contentsOf(given);
    const folder = diagnostics.name.replace('.zip', '');
    expect(contents).toEqual(
      Object.fromEntries(diagnostics.files.map(({ name, text }) => [`${folder}/${name}`, text])),
    );
  });

  it('name no path, no photo, no tag, no model of the person’s own, nor this machine and its user, even where the log does', () => {
    expect(readdirSync(join(small.engine.library.path, 'logs'))).toContain('terminal.jsonl');
    for (const { name, text } of diagnostics.files) {
      expectNothingPersonal(text);
      expect(text, name).not.toMatch(/"own"|'own'/);
      expect(text, name).not.toContain('"level":"debug"');
    }
  });

  it.skipIf(!hasPython)('are made in a terminal as well, and put over no file', async () => {
    const file = join(small.root, 'made.zip');
    const args = ['diagnostics', file, '--library', small.engine.library.path];
    const answer = answerOf(await runSemblance([...args, '--json']));
    expect(answer).toMatchObject({ file, files: { length: 9 } });
    const contents = contentsOf(file);
    expect(Object.keys(contents)).toHaveLength(9);
    for (const text of Object.values(contents)) expectNothingPersonal(text);
    const again = await runSemblance(args);
    expect(again).toMatchObject({ code: 1, errors: expect.stringMatching(/is a file .* already/) as string });
  });

  it.skipIf(!hasPython)('say why a library cannot be opened, and make none', async () => {
    const root = mkdtempSync(join(tmpdir(), 'semblance-diagnostics-'));
    try {
      const damaged = join(root, 'damaged');
      mkdirSync(damaged);
      writeFileSync(
        join(damaged, 'library.sqlite'),
        'this is no database, but long enough to be looked at '.repeat(40),
      );
      for (const [library, code] of [
        [join(root, 'none'), 'no-library'],
        [damaged, 'library-damaged'],
      ]) {
        const file = join(root, `${code}.zip`);
        const ended = await runSemblance(['diagnostics', file, '--library', library]);
        expect(ended).toMatchObject({ code: 0, errors: '' });
        expect(ended.output).toContain('was sent nowhere');
        const [, text = ''] =
          Object.entries(contentsOf(file)).find(([name]) => name.endsWith('library.json')) ?? [];
        expect(JSON.parse(text)).toEqual({ notOpened: code });
      }
      expect(existsSync(join(root, 'none'))).toBe(false);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
