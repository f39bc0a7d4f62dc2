import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beginUse,
  distrust,
  endUse,
  type InstalledModel,
  installedModels,
  probeDevices,
  storedReport,
  storeReport,
} from '../../src-main/vision/index.ts';
import { Extractor } from '../../src-main/vision/extractor.ts';
import { testPicture } from '../../src-main/vision/test-picture.ts';

const program = new URL('../fixtures/fake-probe.ts', import.meta.url);
const swiftShader = '/usr/lib/chromium';
const before = process.env['SEMBLANCE_MODELS'];
let folder: string;
let model: InstalledModel;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'semblance-devices-'));
  process.env['SEMBLANCE_MODELS'] = folder;
  model = installedModels().find(({ info }) => info.name === 'default')!;
});

afterAll(() => {
  if (before === undefined) delete process.env['SEMBLANCE_MODELS'];
  else process.env['SEMBLANCE_MODELS'] = before;
  rmSync(folder, { recursive: true, force: true });
});

describe('trying devices', () => {
  it('uses the fastest one that is right, and says of each other what is wrong with it', async () => {
    const providers = ['cpu', 'fast', 'wrong', 'broken', 'short', 'missing', 'crashing', 'silent'];
    const report = await probeDevices(model, { providers, program, patienceMs: 3000 });
    expect(report.chosen).toBe('fast');
    expect(report.devices.map(({ provider, verdict }) => [provider, verdict])).toEqual([
      ['cpu', 'right'],
      ['fast', 'right'],
      ['wrong', 'wrong'],
      ['broken', 'wrong'],
      ['short', 'wrong'],
      ['missing', 'missing'],
      ['crashing', 'crashed'],
      ['silent', 'slow'],
    ]);
    expect(report.devices[5].detail).toBe('There is no such device.');
  });

  it('stays with the processor where nothing else is right', async () => {
    const report = await probeDevices(model, { providers: ['wrong', 'missing'], program });
    expect(report.chosen).toBe('cpu');
  });

  it('finds that the real processor is right, whatever else there is', async () => {
    const report = await probeDevices(model, { providers: ['cpu', 'nonsense'] });
    expect(report.devices).toMatchObject([
      { provider: 'cpu', verdict: 'right' },
      { provider: 'nonsense', verdict: 'missing' },
    ]);
  });

  it.skipIf(!existsSync(path.join(swiftShader, 'libvk_swiftshader.so')))(
    'finds WebGPU right, by a driver in software (skipped without Debian’s chromium)',
    { timeout: 120_000 },
    () => {
      const output = execFileSync(
        process.execPath,
        ['src-main/cli/semblance.ts', 'doctor', '--json', '--library', path.join(folder, 'library')],
        {
          encoding: 'utf8',
          env: {
            ...process.env,
            LD_LIBRARY_PATH: swiftShader,
            VK_DRIVER_FILES: path.join(swiftShader, 'vk_swiftshader_icd.json'),
          },
        },
      );
      const { devices } = JSON.parse(output) as { devices: Awaited<ReturnType<typeof probeDevices>> };
      expect(devices.devices.find(({ provider }) => provider === 'webgpu')).toMatchObject({
        verdict: 'right',
        detail: '',
      });
    },
  );
});

describe('what is known of devices', () => {
  const report = async () => {
    const found = await probeDevices(model, { providers: ['fast'], program });
    storeReport(model, found);
    return found;
  };

  it('is kept, but not for another machine, and not for another model', async () => {
    const found = await report();
    expect(storedReport(model)).toEqual(found);
    expect(storedReport({ ...model, info: { ...model.info, sha256: 'another' } })).toBeNull();
    storeReport(model, { ...found, machine: 'another' });
    expect(storedReport(model)).toBeNull();
    writeFileSync(path.join(folder, 'devices.json'), 'damaged');
    expect(storedReport(model)).toBeNull();
  });

  it('need not be kept: where the folder cannot be written, indexing goes on', async () => {
    const found = await report();
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    try {
      process.env['SEMBLANCE_MODELS'] = path.join(file, 'models');
      storeReport(model, found);
      expect(storedReport(model)).toBeNull();
      expect(beginUse(model)).toBe('cpu');
    } finally {
      process.env['SEMBLANCE_MODELS'] = folder;
    }
  });

  it('no longer has a device that failed in use', async () => {
    await report();
    expect(beginUse(model)).toBe('fast');
    distrust(model, 'fast', 'It was lost.');
    expect(storedReport(model)?.devices[1]).toMatchObject({ verdict: 'crashed', detail: 'It was lost.' });
    expect(beginUse(model)).toBe('cpu');
    endUse();
  });

  it('nor one during whose use the program ended twice', async () => {
    await report();
    const use = path.join(folder, 'device-in-use.json');
    const endUnexpectedly = (): void => {
      // As left behind by a process that is no more.
      const uses = JSON.parse(readFileSync(use, 'utf8')) as object[];
      writeFileSync(use, JSON.stringify(uses.map((each) => ({ ...each, pid: 2 ** 22 + 1 }))));
    };
    expect(beginUse(model)).toBe('fast');
    endUnexpectedly();
    expect(beginUse(model)).toBe('fast');
    endUnexpectedly();
    expect(beginUse(model)).toBe('cpu');
    expect(storedReport(model)?.devices[1].verdict).toBe('crashed');
  });

  it('is taken note of for each of two models that are in use together', async () => {
    const other = { ...model, info: { ...model.info, name: 'other', sha256: 'another' } };
    const pair = [model, other];
    const use = path.join(folder, 'device-in-use.json');
    const found = await report();
    storeReport(other, found);
    const noted = (): unknown => JSON.parse(readFileSync(use, 'utf8'));
    const endUnexpectedly = (): void => {
      const uses = noted() as object[];
      writeFileSync(use, JSON.stringify(uses.map((each) => ({ ...each, pid: 2 ** 22 + 1 }))));
    };
    for (const ends of [0, 1]) {
      for (const each of pair) expect(beginUse(each, pair)).toBe('fast');
      expect(noted()).toMatchObject([
        { model: model.info.sha256, ends },
        { model: 'another', ends },
      ]);
      endUnexpectedly();
    }
    for (const each of pair) expect(beginUse(each, pair)).toBe('cpu');

    storeReport(model, found);
    storeReport(other, found);
    for (const each of pair) beginUse(each, pair);
    // What computes alone from now on is not to blame for the other.
    expect(beginUse(other)).toBe('fast');
    expect(noted()).toMatchObject([{ model: 'another' }]);
    endUse();
    expect(existsSync(use)).toBe(false);
  });

  it('is known from before two models could be in use', async () => {
    await report();
    const use = { model: model.info.sha256, provider: 'fast', pid: 2 ** 22 + 1, ends: 1 };
    writeFileSync(path.join(folder, 'device-in-use.json'), JSON.stringify(use));
    expect(beginUse(model)).toBe('cpu');
  });
});

describe('a device in use', () => {
  const requests = [{ name: 'b6e_s8', statistic: { kind: 'power-means' as const } }];
  const pixels = { data: testPicture({ width: 96, height: 64 }), width: 96, height: 64 };
  const byProcessor = async () =>
    (await (await Extractor.load(model.graphPath, requests, { threads: 1 })).run(pixels))[0].values;

  it('that is lost in mid-run is followed by the processor, once for all photos, and none is lost', async () => {
    const told: string[] = [];
    const made: string[] = [];
    let runs = 0;
    const extractor = await Extractor.load(model.graphPath, requests, {
      threads: 1,
      provider: 'fake',
      onFallback: (detail) => told.push(detail),
      create: async (graph, options) => {
        const [provider] = options.executionProviders as string[];
        made.push(provider);
        const session = await ort.InferenceSession.create(graph, { executionProviders: ['cpu'] });
        if (provider === 'cpu') return session;
        return {
          run: (...args: Parameters<typeof session.run>) => {
            if (++runs > 2) return Promise.reject(new Error('The device was lost.'));
            return session.run(...args);
          },
          release: () => Promise.reject(new Error('The device was lost.')),
        } as typeof session;
      },
    });
    const expected = await byProcessor();
    const results = await Promise.all(Array.from({ length: 6 }, () => extractor.run(pixels)));
    for (const [{ values }] of results) expect(values).toEqual(expected);
    expect(told).toEqual(['The device was lost.']);
    expect(made).toEqual(['fake', 'cpu']);
  });

  it('that is not there any more is followed by the processor from the first photo on', async () => {
    const told: string[] = [];
    const extractor = await Extractor.load(model.graphPath, requests, {
      threads: 1,
      // Not on this system, or without its libraries.
      provider: process.platform === 'linux' ? 'cuda' : 'tensorrt',
      onFallback: (detail) => told.push(detail),
    });
    expect((await extractor.run(pixels))[0].values).toEqual(await byProcessor());
    expect(told).toHaveLength(1);
  });
});
