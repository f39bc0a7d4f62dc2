import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CatalogueEntry,
  type CatalogueItem,
  defaultRecipe,
  type Job,
  parseCommand,
  withModel,
} from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { catalogue, installedModels, removeModel } from '../../src-main/vision/index.ts';
import {
  entryFor,
  inPieces,
  modelBytes,
  type ModelServer,
  serveModel,
  sha256Of,
  writeCatalogue,
} from '../fixtures/model-server.ts';

let folder: string;
let engine: Engine;
let server: ModelServer | null;
const { SEMBLANCE_MODELS: modelsBefore } = process.env;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'semblance-catalogue-'));
  process.env['SEMBLANCE_MODELS'] = path.join(folder, 'models');
  process.env['SEMBLANCE_CATALOGUE'] = path.join(folder, 'catalogue.json');
  engine = Engine.open({
    libraryPath: path.join(folder, 'library'),
    access: 'write',
    download: { stallMs: 300, pauseMs: 5 },
  });
  server = null;
});

afterEach(async () => {
  await engine.close();
  server?.close();
  delete process.env['SEMBLANCE_CATALOGUE'];
  if (modelsBefore === undefined) delete process.env['SEMBLANCE_MODELS'];
  else process.env['SEMBLANCE_MODELS'] = modelsBefore;
  rmSync(folder, { recursive: true, force: true });
});

/** A catalogue with one entry, which leads to a server that answers so. */
async function offer(answer: RequestListener, changes: Partial<CatalogueEntry> = {}): Promise<ModelServer> {
  server = await serveModel(answer);
  writeCatalogue(path.join(folder, 'catalogue.json'), [entryFor(server.address, changes)]);
  return server;
}

/** Installs, and waits for the end. @param onJob told of each change of the job */
async function install(file?: string, onJob: (job: Job) => void = () => undefined): Promise<Job> {
  let end: (job: Job) => void = () => undefined;
  const ended = new Promise<Job>((resolve) => (end = resolve));
  const unsubscribe = engine.subscribe((event) => {
    if (event.event !== 'job' || event.data.model !== 'tiny') return;
    onJob(event.data);
    if (event.data.endedAtMs !== null) end(event.data);
  });
  try {
    await engine.call('installModel', { name: 'tiny', ...(file !== undefined && { path: file }) });
    return await ended;
  } finally {
    unsubscribe();
  }
}

async function item(): Promise<CatalogueItem> {
  return (await engine.call('catalogue', {}))[0];
}

/** Names of own models, and of whatever else lies among them. */
function installed(): string[] {
  const models = path.join(folder, 'models');
  const others = ['.downloads', 'opened-libraries.json'];
  return existsSync(models) ? readdirSync(models).filter((name) => !others.includes(name)) : [];
}

describe('the catalogue that comes along', () => {
  beforeEach(() => delete process.env['SEMBLANCE_CATALOGUE']);

  it('holds the networks that people ask for, none of them installed', () => {
    const names = catalogue().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'resnet50',
        'resnet50-v2-weights',
        'mobilenetv3-large',
        'efficientnet-b0',
        'dinov2-small',
        'clip-vit-b32',
        'resnet101-gem-landmarks',
      ]),
    );
    expect(catalogue().every(({ installedAs }) => installedAs === null)).toBe(true);
  });

  it('has an https address, a sha256 and a size for all that can be downloaded, each with its source', () => {
    const offered = catalogue().filter(({ address }) => address !== null);
    expect(offered.length).toBeGreaterThanOrEqual(7);
    for (const { address, sha256, sizeBytes } of offered) {
      expect(address!.value).toMatch(/^https:\/\/[\w.-]+\/.+\.onnx$/);
      expect(sha256!.value).toMatch(/^[\da-f]{64}$/);
      expect(sizeBytes!.value).toBeGreaterThan(1e6);
      for (const fact of [address, sha256, sizeBytes]) expect(fact!.verified.length).toBeGreaterThan(10);
    }
    expect(new Set(offered.map(({ sha256 }) => sha256!.value)).size).toBe(offered.length);
  });

  it('says how to get the others', () => {
    for (const { address, howToGet } of catalogue()) {
      if (address === null) expect(howToGet?.words).toMatch(/\w+ \w+.*\.$/);
    }
  });
});

describe('a catalogue', () => {
  const tiny = entryFor('https://example.org/tiny.onnx');

  it.each<[string, unknown]>([
    [
      'with an address that is not encrypted',
      { ...tiny, address: { value: 'http://example.org/a', verified: 'x' } },
    ],
    ['with an address of no web', { ...tiny, address: { value: 'file:///etc/passwd', verified: 'x' } }],
    ['with an address and no sha256', { ...tiny, sha256: null }],
    ['with an address and no size', { ...tiny, sizeBytes: null }],
    ['with neither an address nor a way to get the file', { ...tiny, address: null, howToGet: null }],
    ['with a fact that nobody has verified', { ...tiny, licence: { value: 'MIT', verified: '' } }],
    ['with a name that leads elsewhere', { ...tiny, name: '../tiny' }],
  ])('%s is not used', async (_, entry) => {
    writeFileSync(path.join(folder, 'catalogue.json'), JSON.stringify({ models: [entry] }));
    await expect(engine.call('catalogue', {})).rejects.toMatchObject({ code: 'not-available' });
  });

  it('with two models of one name, or that is not there, is not used', async () => {
    await expect(engine.call('catalogue', {})).rejects.toThrow(/cannot be read.*imported from files/);
    writeCatalogue(path.join(folder, 'catalogue.json'), [tiny, tiny]);
    await expect(engine.call('catalogue', {})).rejects.toThrow('two models have one name');
  });
});

describe('installing from the address', () => {
  it('downloads with progress in bytes, and the model keeps what the catalogue says of it', async () => {
    await offer(inPieces(60_000, 30));
    const told: Job[] = [];
    const job = await install(undefined, (each) => told.push(each));
    expect(job).toMatchObject({ kind: 'download', state: 'done', model: 'tiny' });
    expect(job.outcome).toBe('Tiny transformer is installed, with 3 taps.');
    const counted = told.filter(({ total }) => total > 0);
    expect(counted.length).toBeGreaterThan(1);
    expect(counted.every(({ total }) => total === modelBytes.length)).toBe(true);
    expect(counted.at(-1)!.step).toBe('Downloading Tiny transformer');
    const { info } = installedModels().find(({ info: { name } }) => name === 'tiny')!;
    expect(info).toMatchObject({
      isOwn: true,
      title: 'Tiny transformer',
      purpose: 'Shows how a model gets here.',
      licence: 'MIT',
      catalogueName: 'tiny',
    });
    expect(info.origin).toBe(`made by the tests, sha256 ${sha256Of(modelBytes).slice(0, 16)}…`);
    expect(await item()).toMatchObject({ installedAs: 'tiny', keptBytes: 0 });
    expect(readdirSync(path.join(folder, 'models/.downloads'))).toEqual([]);
    // A recipe for it begins with the taps that the catalogue recommends.
    expect(withModel(defaultRecipe, info).taps.map(({ name }) => name)).toEqual(['tokens']);
  });

  it('goes on after cuts', async () => {
    const { ranges } = await offer(inPieces(20_000, 5, 100_000));
    expect((await install()).state).toBe('done');
    expect(ranges.filter((range) => range !== undefined).length).toBeGreaterThan(1);
  });

  it('goes on after it was cancelled, at the bytes that it has', async () => {
    const { ranges } = await offer(inPieces(20_000, 20));
    const cancelled = await install(undefined, ({ id, done }) => {
      if (done > 0) engine.jobs.cancel(id);
    });
    expect(cancelled.state).toBe('cancelled');
    expect(installed()).toEqual([]);
    const { keptBytes } = await item();
    expect(keptBytes).toBeGreaterThan(0);
    let first: number | null = null;
    const job = await install(undefined, ({ done, total }) => {
      if (total > 0) first ??= done;
    });
    expect(job.state).toBe('done');
    expect(ranges).toEqual([undefined, `bytes=${keptBytes}-`]);
    expect(first).toBeGreaterThanOrEqual(keptBytes);
  });

  it('takes in nothing while it is paused, however long', async () => {
    await offer(inPieces(20_000, 20));
    let paused: Job | null = null;
    const ended = install(undefined, ({ id, done, state }) => {
      if (done > 0 && state === 'running' && !paused) paused = engine.jobs.pause(id);
    });
    await expect.poll(() => paused).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [{ done, id }] = engine.jobs.list();
    // Longer than a connection may be silent.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(engine.jobs.list()[0]).toMatchObject({ state: 'paused', done });
    engine.jobs.resume(id);
    expect((await ended).state).toBe('done');
  });

  it('does not wait for photos that are being read, nor they for it', async () => {
    await offer(inPieces(60_000, 5));
    let release: () => void = () => undefined;
    const reading = engine.jobs.start('index', () => new Promise<void>((resolve) => (release = resolve)));
    expect((await install()).state).toBe('done');
    expect(engine.jobs.list()[0].state).toBe('running');
    release();
    expect((await reading.ended).state).toBe('done');
  });

  it.each<[string, RequestListener, RegExp]>([
    ['other bytes', (_, response) => response.end(Buffer.alloc(modelBytes.length)), /its sha256 differs/],
    [
      'another length than the catalogue knows',
      (_, response) => response.writeHead(200, { 'content-length': 2 ** 30 }).write('more and more'),
      /has another file than the one that is expected \(1073741824 bytes\)/,
    ],
    [
      'more than the catalogue knows, without saying so',
      (_, response) => {
        response.write(modelBytes);
        response.end('more');
      },
      /More comes than/,
    ],
    [
      'less than it announces',
      (_, response) => {
        response.writeHead(200, { 'content-length': modelBytes.length });
        response.write(modelBytes.subarray(0, 10), () => response.destroy());
      },
      /cannot be reached, or breaks off/,
    ],
    ['nothing there', (_, response) => response.writeHead(404).end(), /answered 404/],
    ['silence', () => undefined, /put the file on this machine and add it from there/],
  ])('that meets %s fails in words, and nothing is half there', async (_, answer, why) => {
    await offer(answer);
    const job = await install();
    expect(job).toMatchObject({ state: 'failed', error: { code: 'download-failed' } });
    expect(job.error!.message).toMatch(why);
    expect(installed()).toEqual([]);
    expect((await item()).installedAs).toBeNull();
  });

  it('says so where nobody can be reached', async () => {
    (await offer(() => undefined)).close();
    expect((await install()).error?.message).toMatch(
      /^127\.0\.0\.1:\d+ cannot be reached.*put the file on this machine and add it from there\.$/,
    );
  });

  it('of what is no model after all leaves nothing', async () => {
    const junk = Buffer.from('no network');
    await offer((_, response) => response.end(junk), {
      sha256: { value: sha256Of(junk), verified: 'computed' },
      sizeBytes: { value: junk.length, verified: 'counted' },
    });
    expect(await install()).toMatchObject({ state: 'failed', error: { code: 'model-invalid' } });
    expect(installed()).toEqual([]);
    expect(readdirSync(path.join(folder, 'models/.downloads'))).toEqual([]);
  });

  it('that is cancelled while the model is tried leaves the file, which is not fetched again', async () => {
    const { ranges } = await offer((_, response) => response.end(modelBytes));
    const cancelled = await install(undefined, ({ id, step, state }) => {
      if (state === 'running' && step.startsWith('Trying')) engine.jobs.cancel(id);
    });
    expect(cancelled.state).toBe('cancelled');
    expect(installed()).toEqual([]);
    expect((await item()).keptBytes).toBe(modelBytes.length);
    expect((await install()).state).toBe('done');
    expect(ranges).toHaveLength(1);
  });
});

describe('installing from a file', () => {
  const file = (bytes: Uint8Array): string => {
    const to = path.join(folder, 'got-elsewhere.onnx');
    writeFileSync(to, bytes);
    return to;
  };

  it('fetches nothing, and the model keeps what the catalogue says of it', async () => {
    const { ranges } = await offer(() => undefined);
    expect((await install(file(modelBytes))).state).toBe('done');
    expect(ranges).toEqual([]);
    expect(installedModels().at(-1)!.info).toMatchObject({ name: 'tiny', title: 'Tiny transformer' });
    expect((await item()).installedAs).toBe('tiny');
  });

  it('refuses another file than the catalogue knows', async () => {
    await offer(() => undefined);
    const job = await install(file(Buffer.concat([modelBytes, Buffer.from('x')])));
    expect(job.error).toMatchObject({ code: 'model-invalid' });
    expect(job.error!.message).toMatch(/not the file that the catalogue knows as Tiny transformer/);
    expect(installed()).toEqual([]);
  });

  it('works where neither address nor sha256 is known, and says that the licence is not', async () => {
    writeCatalogue(path.join(folder, 'catalogue.json'), [
      entryFor(null, { sha256: null, sizeBytes: null, licence: null }),
    ]);
    await expect(engine.call('installModel', { name: 'tiny' })).rejects.toThrow(
      /No address of Tiny transformer could be verified.*install tiny --file FILE/,
    );
    expect((await install(file(modelBytes))).state).toBe('done');
    expect(installedModels().at(-1)!.info.licence).toBe('licence not verified');
  });

  it('that is not there fails in words', async () => {
    await offer(() => undefined);
    expect((await install(path.join(folder, 'nowhere.onnx'))).error).toMatchObject({ code: 'not-found' });
  });
});

describe('a model of the catalogue', () => {
  it('is installed once, under another name where its own is taken, and again once it was removed', async () => {
    await offer((_, response) => response.end(modelBytes));
    expect((await install()).state).toBe('done');
    await expect(engine.call('installModel', { name: 'tiny' })).rejects.toThrow(
      "Tiny transformer is installed already, as 'tiny'",
    );
    removeModel('tiny');
    writeFileSync(path.join(folder, 'models/tiny'), 'Something of the person.');
    expect((await install()).state).toBe('done');
    expect((await item()).installedAs).toBe('tiny-2');
  });

  it('is not fetched twice at a time', async () => {
    await offer(inPieces(20_000, 20));
    const first = install();
    await expect(engine.call('installModel', { name: 'tiny' })).rejects.toThrow('being added already');
    expect((await first).state).toBe('done');
  });

  it('is chosen by name; no caller can give an address', async () => {
    await offer(() => undefined);
    await expect(engine.call('installModel', { name: 'other' })).rejects.toMatchObject({ code: 'not-found' });
    for (const more of [{ address: 'http://example.org/a.onnx' }, { sha256: 'x' }, { catalogue: '/tmp/a' }]) {
      expect(() => parseCommand('installModel', { name: 'tiny', ...more })).toThrow('installModel');
    }
    expect(server!.ranges).toEqual([]);
  });
});

describe('in the terminal', () => {
  const semblance = path.resolve(import.meta.dirname, '../../src-main/cli/semblance.ts');

  /** @param onStart is given a way to press Ctrl-C */
  function run(args: string[], onStart: (interrupt: () => void) => void = () => undefined) {
    const child = spawn(process.execPath, [semblance, 'models', ...args], {
      env: { ...process.env, SEMBLANCE_LIBRARY: path.join(folder, 'none') },
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    onStart(() => child.kill('SIGINT'));
    return new Promise<{ code: number | null; output: string; errors: string }>((done) =>
      child.on('close', (code) => done({ code, output, errors })),
    );
  }

  it('the catalogue is listed, in words and as JSON', async () => {
    writeCatalogue(path.join(folder, 'catalogue.json'), [
      entryFor('https://example.org/tiny.onnx', { licence: null }),
      entryFor(null, { name: 'other', sha256: null }),
    ]);
    const { output } = await run(['catalogue']);
    expect(output).toMatch(/tiny: Tiny transformer \(\d\.\d MB\)/);
    expect(output).toContain('licence   not verified');
    expect(output).toContain('address   https://example.org/tiny.onnx (served by the test)');
    expect(output).toMatch(
      /to get it Ask the test for it\. The script was not run by us\.\n +print\("model"\)/,
    );
    expect(output).toContain('semblance models install other --file FILE');
    const items = JSON.parse((await run(['catalogue', '--json'])).output) as CatalogueItem[];
    expect(items.map(({ name, installedAs }) => [name, installedAs])).toEqual([
      ['tiny', null],
      ['other', null],
    ]);
  });

  it('a model is installed, from its address or a file, and stays where it is on Ctrl-C', async () => {
    let interrupt: () => void = () => undefined;
    const { ranges } = await offer((request, response) => {
      inPieces(20_000, 20)(request, response);
      if (ranges.length === 1) setTimeout(() => interrupt(), 150);
    });
    const stopped = await run(['install', 'tiny'], (press) => (interrupt = press));
    expect(stopped.code).toBe(130);
    expect(stopped.errors).toContain('What came is kept');
    expect(catalogue()[0]).toMatchObject({ installedAs: null });
    expect(catalogue()[0].keptBytes).toBeGreaterThan(0);
    const { code, output } = await run(['install', 'tiny']);
    expect(code).toBe(0);
    expect(output).toMatch(/^tiny: Tiny transformer .*Use it: semblance retune --model tiny\n$/s);
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
    removeModel('tiny');
    const file = path.join(folder, 'tiny.onnx');
    writeFileSync(file, modelBytes);
    const added = await run(['install', 'tiny', '--file', file, '--json']);
    expect(JSON.parse(added.output)).toMatchObject({ name: 'tiny', catalogueName: 'tiny' });
    expect(ranges).toHaveLength(2);
    const again = await run(['install', 'tiny']);
    expect(again).toMatchObject({ code: 1, output: '' });
    expect(again.errors).toContain("installed already, as 'tiny'");
  });
});
