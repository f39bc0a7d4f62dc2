import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttentionWeights,
  attentionOfMap,
  averageOfMap,
  pyramidOfMap,
  type TapStatistic,
} from '../../../src-main/descriptor/index.ts';
import { extractionGraph, photoInput } from '../../../src-main/vision/onnx/extraction-graph.ts';
import { floats, node, readModel, valueInfo, writeModel } from '../../../src-main/vision/onnx/model-file.ts';
import { statisticsGraph } from '../../../src-main/vision/onnx/positional-pooling.ts';

const channels = 5;
const wave = (length: number, step: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin(1 + i * step));

/** An installed graph whose one tap mixes the pixels into channels, negative ones among them. */
function installed(version = 13): Uint8Array {
  const network = writeModel({
    ir_version: 8,
    opset_import: [{ domain: '', version }],
    graph: {
      name: 'network',
      node: [node('Conv', ['image', 'mix', 'shift'], 'map')],
      initializer: [
        floats('mix', [channels, 3, 1, 1], wave(3 * channels, 2)),
        floats('shift', [channels], [0, 0, 0, 0.5, -0.5]),
      ],
      input: [valueInfo('image', 'float', ['N', 3, 'H', 'W'])],
      output: [valueInfo('map', 'float', ['N', channels, 'H', 'W'])],
    },
  });
  return extractionGraph(network, {
    input: 'image',
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    range: 255,
    taps: [{ name: 'tap', value: 'map' }],
  });
}

const hidden = 4;
const weights: AttentionWeights = {
  hidden,
  channels,
  w1: Float32Array.from(wave(hidden * channels, 0.7)),
  b1: Float32Array.from(wave(hidden, 1.3)),
  w2: Float32Array.of(3, -2, 5, -4),
  b2: 0.25,
};
/** Scores of several hundred, whose exponentials single precision cannot hold. */
const steep: AttentionWeights = { ...weights, w2: weights.w2.map((weight) => 30 * weight), b2: 500 };
const pyramids = [[1, 2, 4], [1], [3, 1], [5, 7]];
const statistics: TapStatistic[] = [
  { kind: 'map' },
  { kind: 'attention', weights },
  { kind: 'attention', weights: steep },
  ...pyramids.map((levels) => ({ kind: 'pyramid' as const, levels })),
];

const sizes = { height: fc.integer({ min: 1, max: 23 }), width: fc.integer({ min: 1, max: 23 }) };
const picture = fc
  .record(sizes)
  .chain(({ height, width }) =>
    fc
      .uint8Array({ minLength: height * width * 3, maxLength: height * width * 3 })
      .map((pixels) => ({ pixels, height, width })),
  );

let session: ort.InferenceSession;
let outputs: string[];

beforeAll(async () => {
  const made = statisticsGraph(
    installed(),
    statistics.map((statistic) => ({ name: 'tap', statistic })),
  );
  outputs = made.outputs;
  session = await ort.InferenceSession.create(made.graph);
});

afterAll(() => session.release());

interface Picture {
  pixels: Uint8Array;
  height: number;
  width: number;
}

async function run({ pixels, height, width }: Picture) {
  const results = await session.run({ [photoInput]: new ort.Tensor('uint8', pixels, [1, height, width, 3]) });
  const [map, attended, steeplyAttended, ...pooled] = outputs.map(
    (name) => results[name].data as Float32Array,
  );
  return { map, attended, steeplyAttended, pooled, dims: outputs.map((name) => results[name].dims) };
}

/** Equal but for single precision; the values are sums of a few hundred numbers of about 1. */
function expectClose(computed: Float32Array, expected: Float32Array): void {
  expect(computed).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(computed[i] - value)).toBeLessThan(2e-5));
}

describe('pooling by position inside the graph', () => {
  it('averages pyramid cells as JavaScript does, whatever the size of the map', async () => {
    await fc.assert(
      fc.asyncProperty(picture, async (seen) => {
        const { map, pooled } = await run(seen);
        pyramids.forEach((levels, i) =>
          expectClose(pooled[i], pyramidOfMap(map, channels, seen.height, seen.width, levels)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('attends as JavaScript does, steep scores included', async () => {
    await fc.assert(
      fc.asyncProperty(picture, async (seen) => {
        const { map, attended, steeplyAttended } = await run(seen);
        const positions = seen.height * seen.width;
        expectClose(attended, attentionOfMap(map, channels, positions, weights));
        // Rounding of a score of many hundreds shifts attention between positions that are all but equal.
        const expected = attentionOfMap(map, channels, positions, steep);
        expected.forEach((value, i) => expect(Math.abs(steeplyAttended[i] - value)).toBeLessThan(2e-3));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [1, 1],
    [1, 9],
    [3, 2],
    [96, 128],
  ])('has one length for maps of %i × %i and all others', async (height, width) => {
    const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * 7919) % 256);
    const { dims, map, pooled } = await run({ pixels, height, width });
    expect(dims).toEqual([
      [1, channels, height, width],
      [1, channels],
      [1, channels],
      [1, channels * 21],
      [1, channels],
      [1, channels * 10],
      [1, channels * 74],
    ]);
    expectClose(pooled[1], averageOfMap(map, channels, height * width));
  });

  it('gives the constant for a constant map', async () => {
    for (const level of [0, 200]) {
      const { map, attended, steeplyAttended, pooled } = await run({
        pixels: new Uint8Array(3 * 6 * 10).fill(level),
        height: 6,
        width: 10,
      });
      const constant = Float32Array.from({ length: channels }, (_, channel) => map[60 * channel]);
      expectClose(attended, constant);
      expectClose(steeplyAttended, constant);
      expectClose(pooled[1], constant);
      expectClose(
        pooled[0],
        Float32Array.from({ length: 21 * channels }, (_, i) => constant[Math.floor(i / 21)]),
      );
    }
  });

  it('pools each of several pictures for itself', async () => {
    const pixels = Uint8Array.from({ length: 2 * 3 * 35 }, (_, i) => (i * i * 31) % 256);
    const both = await session.run({ [photoInput]: new ort.Tensor('uint8', pixels, [2, 5, 7, 3]) });
    const second = await session.run({
      [photoInput]: new ort.Tensor('uint8', pixels.subarray(105), [1, 5, 7, 3]),
    });
    for (const name of outputs) {
      const values = both[name].data as Float32Array;
      expectClose(values.slice(values.length / 2), second[name].data as Float32Array);
    }
  });
});

describe('what is appended to a graph', () => {
  it('comes in the order of the requests, and power means only once', () => {
    const { graph, outputs: names } = statisticsGraph(installed(), [
      { name: 'tap', statistic: { kind: 'pyramid', levels: [2] } },
      { name: 'tap', statistic: { kind: 'power-means' } },
      { name: 'tap', statistic: { kind: 'power-means' } },
    ]);
    expect(names.slice(1)).toEqual(['tap', 'tap']);
    expect(readModel(graph).graph.output.map(({ name }) => name)).toEqual([names[0], 'tap']);
  });

  it('leaves out the power means where only positions matter', () => {
    const { graph } = statisticsGraph(installed(), [{ name: 'tap', statistic: { kind: 'map' } }]);
    expect(readModel(graph).graph.node.some(({ op_type }) => op_type === 'Pow')).toBe(false);
  });

  it('says what is wrong', () => {
    const append = (name: string, statistic: TapStatistic, graph = installed()) =>
      statisticsGraph(graph, [{ name, statistic }]);
    const invalid = (code: string) => expect.objectContaining({ code }) as unknown;
    expect(() => append('other', { kind: 'map' })).toThrow("no feature map for a tap 'other'");
    expect(() => append('other', { kind: 'power-means' })).toThrow("no tap 'other'");
    expect(() => append('tap', { kind: 'pyramid', levels: [] })).toThrow(invalid('invalid-arguments'));
    expect(() => append('tap', { kind: 'pyramid', levels: [1.5] })).toThrow(invalid('invalid-arguments'));
    const short = { ...weights, b1: new Float32Array(1) };
    expect(() => append('tap', { kind: 'attention', weights: short })).toThrow(invalid('invalid-arguments'));
    expect(() => append('tap', { kind: 'pyramid', levels: [1] }, installed(12))).toThrow('operator set 13');
    expect(append('tap', { kind: 'map' }, installed(12)).outputs).toHaveLength(1);
  });
});
