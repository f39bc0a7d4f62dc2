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
import { statisticsPerChannel } from '../../src-main/descriptor/index.ts';
import { cosine } from '../../src-main/vision/devices.ts';
import { type CreateSession, Extractor } from '../../src-main/vision/extractor.ts';
import { readModel } from '../../src-main/vision/onnx/model-file.ts';
import { testPicture } from '../../src-main/vision/test-picture.ts';

const program = new URL('../fixtures/fake-probe.ts', import.meta.url);
const swiftShader = '/usr/lib/chromium';
const softwareDriver = {
  ...process.env,
  LD_LIBRARY_PATH: swiftShader,
  VK_DRIVER_FILES: path.join(swiftShader, 'vk_swiftshader_icd.json'),
};
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

  it('uses half precision where that is right and faster, and says elsewhere why it does not', async () => {
    const providers = ['fast', 'lame', 'wrong', 'overflowing', 'crashing', 'silent', 'unsupported'].map(
      (what) => `half-${what}`,
    );
    const report = await probeDevices(model, { providers, program, patienceMs: 3000 });
    expect(report.chosen).toBe('half-fast');
    expect(report.devices.map(({ verdict }) => verdict)).toEqual(report.devices.map(() => 'right'));
    expect(
      report.devices.map(({ provider, precision, half }) => [
        provider,
        precision,
        half?.verdict,
        half?.detail,
      ]),
    ).toEqual([
      ['cpu', 'single', undefined, undefined],
      ['half-fast', 'half', 'right', ''],
      ['half-lame', 'single', 'right', 'It is no faster.'],
      ['half-wrong', 'single', 'wrong', expect.stringContaining('differ from the processor')],
      ['half-overflowing', 'single', 'wrong', expect.stringContaining('(cosine 0.0000)')],
      ['half-crashing', 'single', 'crashed', 'It ended the process that tried it.'],
      ['half-silent', 'single', 'slow', 'It gave no answer in time.'],
      ['half-unsupported', 'single', 'missing', 'The device has no half precision.'],
    ]);
    expect(report.devices[1]).toMatchObject({ milliseconds: 4, half: { milliseconds: 1 } });
  });

  it('does not try half precision of a device that is not right in single precision', async () => {
    const { devices } = await probeDevices(model, { providers: ['wrong', 'missing'], program });
    expect(devices.map(({ half }) => half)).toEqual([null, null, null]);
  });

  it('takes the device that is the fastest in the precision that it is used in', async () => {
    const { chosen } = await probeDevices(model, { providers: ['half-lame', 'fast', 'half-fast'], program });
    expect(chosen).toBe('half-fast');
    const others = await probeDevices(model, { providers: ['half-lame', 'fast', 'half-wrong'], program });
    expect(others.chosen).toBe('fast');
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
    'finds WebGPU right, in single precision only, by a driver in software (skipped without Debian’s chromium)',
    { timeout: 120_000 },
    () => {
      const output = execFileSync(
        process.execPath,
        ['src-main/cli/semblance.ts', 'doctor', '--json', '--library', path.join(folder, 'library')],
        {
          encoding: 'utf8',
          env: softwareDriver,
        },
      );
      const { devices } = JSON.parse(output) as { devices: Awaited<ReturnType<typeof probeDevices>>[] };
      expect(devices[0].devices.find(({ provider }) => provider === 'webgpu')).toMatchObject({
        verdict: 'right',
        detail: '',
        precision: 'single',
        half: { verdict: 'missing', detail: 'The device has no half precision.' },
      });
    },
  );

  it.skipIf(!existsSync(path.join(swiftShader, 'libvk_swiftshader.so')))(
    'takes turns at a device: readers of several threads give what the processor gives (skipped without Debian’s chromium)',
    { timeout: 120_000 },
    () => {
      // Without turns the process ends within a few photos.
      const output = execFileSync(
        process.execPath,
        ['test/fixtures/device-child.ts', 'webgpu', folder, '40'],
        {
          encoding: 'utf8',
          env: softwareDriver,
        },
      );
      const { photos, worst } = JSON.parse(output) as { photos: number; worst: number };
      expect(photos).toBe(40);
      expect(worst).toBeLessThan(1e-3);
    },
  );
});

describe('what is known of devices', () => {
  const report = async (provider = 'fast') => {
    const found = await probeDevices(model, { providers: [provider], program });
    storeReport(model, found);
    return found;
  };
  const processorUse = { provider: 'cpu', precision: 'single' };
  const fastUse = { provider: 'fast', precision: 'single' } as const;
  const halfUse = { provider: 'half-fast', precision: 'half' } as const;
  const use = (): string => path.join(folder, 'device-in-use.json');
  /** As left behind by a process that is no more. */
  const endUnexpectedly = (): void =>
    writeFileSync(
      use(),
      JSON.stringify(
        (JSON.parse(readFileSync(use(), 'utf8')) as object[]).map((each) => ({ ...each, pid: 2 ** 22 + 1 })),
      ),
    );

  it('is kept, but not for another machine, and not for another model', async () => {
    const found = await report();
    expect(storedReport(model)).toEqual(found);
    expect(storedReport({ ...model, info: { ...model.info, sha256: 'another' } })).toBeNull();
    storeReport(model, { ...found, machine: 'another' });
    expect(storedReport(model)).toBeNull();
    writeFileSync(path.join(folder, 'devices.json'), 'damaged');
    expect(storedReport(model)).toBeNull();
  });

  it('counts as not tried yet where another version wrote it, before half precision was tried', async () => {
    const { devices, ...rest } = await report();
    const older = devices.map(({ provider, verdict, detail, milliseconds }) => ({
      provider,
      verdict,
      detail,
      milliseconds,
    }));
    writeFileSync(
      path.join(folder, 'devices.json'),
      JSON.stringify({ [model.info.sha256]: { ...rest, devices: older } }),
    );
    expect(storedReport(model)).toBeNull();
    expect(beginUse(model)).toEqual(processorUse);
  });

  it('need not be kept: where the folder cannot be written, indexing goes on', async () => {
    const found = await report();
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    try {
      process.env['SEMBLANCE_MODELS'] = path.join(file, 'models');
      storeReport(model, found);
      expect(storedReport(model)).toBeNull();
      expect(beginUse(model)).toEqual(processorUse);
    } finally {
      process.env['SEMBLANCE_MODELS'] = folder;
    }
  });

  it('no longer has a device that failed in use', async () => {
    await report();
    expect(beginUse(model)).toEqual(fastUse);
    distrust(model, fastUse, 'It was lost.');
    expect(storedReport(model)?.devices[1]).toMatchObject({ verdict: 'crashed', detail: 'It was lost.' });
    expect(beginUse(model)).toEqual(processorUse);
    endUse();
  });

  it('no longer has the half precision of a device that failed so; single precision is used next', async () => {
    await report('half-fast');
    expect(beginUse(model)).toEqual(halfUse);
    distrust(model, halfUse, 'Too large.');
    expect(storedReport(model)?.devices[1]).toMatchObject({
      verdict: 'right',
      precision: 'single',
      half: { verdict: 'crashed', detail: 'Too large.' },
    });
    expect(beginUse(model)).toEqual({ provider: 'half-fast', precision: 'single' });
    endUse();
  });

  it('nor one during whose use the program ended twice', async () => {
    await report();
    expect(beginUse(model)).toEqual(fastUse);
    endUnexpectedly();
    expect(beginUse(model)).toEqual(fastUse);
    endUnexpectedly();
    expect(beginUse(model)).toEqual(processorUse);
    expect(storedReport(model)?.devices[1].verdict).toBe('crashed');
  });

  it('nor a precision during whose use the program ended twice', async () => {
    await report('half-fast');
    for (const precision of ['half', 'single'] as const) {
      expect(beginUse(model)).toEqual({ provider: 'half-fast', precision });
      endUnexpectedly();
      expect(beginUse(model)).toEqual({ provider: 'half-fast', precision });
      endUnexpectedly();
    }
    expect(beginUse(model)).toEqual(processorUse);
  });

  it('is taken note of for each of two models that are in use together', async () => {
    const other = { ...model, info: { ...model.info, name: 'other', sha256: 'another' } };
    const pair = [model, other];
    const use = path.join(folder, 'device-in-use.json');
    const found = await report();
    storeReport(other, found);
    const noted = (): unknown => JSON.parse(readFileSync(use, 'utf8'));
    for (const ends of [0, 1]) {
      for (const each of pair) expect(beginUse(each, pair)).toEqual(fastUse);
      expect(noted()).toMatchObject([
        { model: model.info.sha256, ends },
        { model: 'another', ends },
      ]);
      endUnexpectedly();
    }
    for (const each of pair) expect(beginUse(each, pair)).toEqual(processorUse);

    storeReport(model, found);
    storeReport(other, found);
    for (const each of pair) beginUse(each, pair);
    // What computes alone from now on is not to blame for the other.
    expect(beginUse(other)).toEqual(fastUse);
    expect(noted()).toMatchObject([{ model: 'another' }]);
    endUse();
    expect(existsSync(use)).toBe(false);
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

  /** A device that computes as the processor does, and gives what `change` makes of the numbers. */
  const pretended = (
    made: { provider: string; isHalf: boolean; outputs: string[]; asked: string[] }[],
    change: (value: number) => number,
  ): CreateSession => {
    return async (graph, options) => {
      const [provider] = options.executionProviders as string[];
      const { node, output } = readModel(graph).graph;
      const seen = {
        provider,
        isHalf: node.some(
          ({ op_type, input }) => op_type === 'Conv' && input[1].startsWith('semblance/half/'),
        ),
        outputs: output.map(({ name }) => name),
        asked: [] as string[],
      };
      made.push(seen);
      const session = await ort.InferenceSession.create(graph, { executionProviders: ['cpu'] });
      if (provider === 'cpu') return session;
      return {
        run: async (feeds: ort.InferenceSession.FeedsType, names: string[]) => {
          seen.asked = names;
          const results = await session.run(feeds, names);
          for (const { data } of Object.values(results)) {
            (data as Float32Array).forEach((value, i) => ((data as Float32Array)[i] = change(value)));
          }
          return results;
        },
        release: () => session.release(),
      } as typeof session;
    };
  };

  it('computes in half precision where it is told to, and agrees', async () => {
    const made: Parameters<typeof pretended>[0] = [];
    const create = pretended(made, (value) => value);
    const extractor = await Extractor.load(model.graphPath, requests, {
      threads: 1,
      provider: 'fake',
      precision: 'half',
      create,
    });
    const [{ values }] = await extractor.run(pixels);
    expect(made).toMatchObject([{ provider: 'fake', isHalf: true }]);
    expect(cosine(values, await byProcessor())).toBeGreaterThan(0.9999);
  });

  it('that has not half the room for a photo’s numbers is followed by the processor in single precision', async () => {
    const made: Parameters<typeof pretended>[0] = [];
    const told: string[] = [];
    const extractor = await Extractor.load(model.graphPath, requests, {
      threads: 1,
      provider: 'fake',
      precision: 'half',
      create: pretended(made, (value) => (value > 0.5 ? Infinity : value)),
      onFallback: (detail) => told.push(detail),
    });
    expect((await extractor.run(pixels))[0].values).toEqual(await byProcessor());
    expect(told).toEqual(['The numbers of a photo are too large for half precision.']);
    expect(made.map(({ provider, isHalf }) => [provider, isHalf])).toEqual([
      ['fake', true],
      ['cpu', false],
    ]);
  });

  it('gives back statistics and nothing else: no feature map is an output', async () => {
    const statistics = [
      ...requests,
      { name: 'top_s32', statistic: { kind: 'pyramid' as const, levels: [1, 2] } },
    ];
    for (const precision of ['single', 'half'] as const) {
      const made: Parameters<typeof pretended>[0] = [];
      const create = pretended(made, (value) => value);
      const extractor = await Extractor.load(model.graphPath, statistics, {
        threads: 1,
        provider: 'fake',
        precision,
        create,
      });
      const results = await extractor.run(pixels);
      const [{ outputs, asked }] = made;
      expect(asked).toEqual(outputs);
      expect(outputs).toEqual(['b6e_s8', 'semblance/positional/1']);
      const channels = statistics.map(
        ({ name }) => model.info.taps.find((tap) => tap.name === name)!.channels,
      );
      expect(results.map(({ dims }) => dims)).toEqual([
        [1, statisticsPerChannel, channels[0]],
        [1, 5 * channels[1]],
      ]);
    }
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
