import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { fromHalf } from '../../../src-main/descriptor/index.ts';
import { cosine } from '../../../src-main/vision/devices.ts';
import { installedModels } from '../../../src-main/vision/index.ts';
import {
  type ExtractionPlan,
  extractionGraph,
  photoInput,
} from '../../../src-main/vision/onnx/extraction-graph.ts';
import { halfPrecisionGraph } from '../../../src-main/vision/onnx/half-precision.ts';
import {
  elementType,
  floats,
  integers,
  node,
  readModel,
  valueInfo,
  writeModel,
} from '../../../src-main/vision/onnx/model-file.ts';
import type { Attribute, Node, Tensor } from '../../../src-main/vision/onnx/schema.ts';
import { statisticsGraph } from '../../../src-main/vision/onnx/positional-pooling.ts';
import { testPicture } from '../../../src-main/vision/test-picture.ts';
import { randomResNet50, taps as residualTaps } from '../../bench/resnet50.ts';
import { roundedGraph, typesOf } from '../../fixtures/rounded-graph.ts';
import { visionTransformer } from '../../fixtures/vision-transformer.ts';

const plan = { input: 'image', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225], range: 255 };
const size = { width: 192, height: 128 };

interface Parts {
  nodes: Node[];
  constants?: Tensor[];
  version?: number;
  taps?: string[];
  domains?: string[];
}

/** An installed graph of a network of `image`; each tap is called after its value. */
function installed({ nodes, constants = [], version = 13, taps = ['map'], domains = [] }: Parts): Uint8Array {
  const network = writeModel({
    ir_version: 8,
    opset_import: [{ domain: '', version }, ...domains.map((domain) => ({ domain, version: 1 }))],
    graph: {
      name: 'network',
      node: nodes,
      initializer: constants,
      input: [valueInfo('image', 'float', ['N', 3, 'H', 'W'])],
      output: taps.map((tap) => valueInfo(tap, 'float', ['N', `${tap}C`, `${tap}H`, `${tap}W`])),
    },
  });
  return extractionGraph(network, { ...plan, taps: taps.map((tap) => ({ name: `tap-${tap}`, value: tap })) });
}

async function outputsOf(graph: Uint8Array, isExact = false): Promise<Float32Array[]> {
  const session = await ort.InferenceSession.create(
    graph,
    isExact ? { graphOptimizationLevel: 'disabled' } : {},
  );
  const photo = new ort.Tensor('uint8', testPicture(size), [1, size.height, size.width, 3]);
  const results = await session.run({ [photoInput]: photo });
  await session.release();
  return session.outputNames.map((name) => results[name].data as Float32Array);
}

/**
 * The least of the cosines between what a graph gives and what its half precision gives: as the runtime loads it for
 * the processor, and with each value rounded.
 */
async function agreement(graph: Uint8Array): Promise<number> {
  const half = halfPrecisionGraph(graph);
  const single = await outputsOf(graph);
  const others = [await outputsOf(half), await outputsOf(await roundedGraph(half), true)];
  return Math.min(...others.flatMap((other) => single.map((each, i) => cosine(each, other[i]))));
}

/** A node that holds a constant. */
function constantNode(name: string, held: Omit<Attribute, 'name'>, attribute = 'value'): Node {
  return { op_type: 'Constant', input: [], output: [name], name, attribute: [{ name: attribute, ...held }] };
}

const wave = (length: number, step: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin(1 + i * step));

describe('real networks in half precision', () => {
  it('the default backbone agrees with single precision to a cosine of 0.999999, with each of its taps', async () => {
    const { graphPath } = installedModels().find(({ info }) => info.name === 'default')!;
    expect(await agreement(readFileSync(graphPath))).toBeGreaterThan(0.999999);
  });

  it(
    'ResNet-50 with random weights agrees likewise, and takes half the room',
    { timeout: 180_000 },
    async () => {
      const taps: ExtractionPlan['taps'] = residualTaps.map((value, i) => ({ name: `tap${i}`, value }));
      const graph = extractionGraph(randomResNet50(), { ...plan, taps });
      expect(halfPrecisionGraph(graph).length / graph.length).toBeCloseTo(0.5, 2);
      expect(await agreement(graph)).toBeGreaterThan(0.999999);
    },
  );

  it('a vision transformer agrees likewise, with a grid of tokens and the class token', async () => {
    const network = visionTransformer({ patch: 16, channels: 64, blocks: 4, side: null, registers: 1 });
    const tap = { value: 'final', isSigned: true };
    const taps: ExtractionPlan['taps'] = [
      { name: 'patches', ...tap, tokens: { part: 'patches', extra: 2, patch: 16 } },
      { name: 'class', ...tap, tokens: { part: 'class', extra: 2, patch: 16 } },
    ];
    expect(await agreement(extractionGraph(network, { ...plan, taps }))).toBeGreaterThan(0.999999);
  });

  it('positional statistics are made of the maps in single precision', async () => {
    const { graphPath } = installedModels().find(({ info }) => info.name === 'default')!;
    const pooled = (graph: Uint8Array) =>
      statisticsGraph(graph, [
        { name: 'top_s32', statistic: { kind: 'pyramid', levels: [1, 2] } },
        { name: 'top_s32', statistic: { kind: 'map' } },
      ]).graph;
    const single = readFileSync(graphPath);
    const [a, b] = [await outputsOf(pooled(single)), await outputsOf(pooled(halfPrecisionGraph(single)))];
    a.forEach((each, i) => expect(cosine(each, b[i])).toBeGreaterThan(0.999999));
  });
});

describe('what becomes half precision', () => {
  /** A squeeze-and-excitation block, powers, choices, and constants of every kind. */
  const mixed: Parts = {
    nodes: [
      constantNode('six', { type: 4, t: floats('', [], [6]) }),
      constantNode('tenth', { type: 1, f: 0.1 }, 'value_float'),
      constantNode('two', { type: 4, t: integers('', [], [2]) }),
      node('Conv', ['image', 'mix'], 'mixed'),
      node('Clip', ['mixed', '', 'six'], 'clipped'),
      node('GlobalAveragePool', ['clipped'], 'squeezed'),
      node('Sigmoid', ['squeezed'], 'gate'),
      node('Mul', ['clipped', 'gate'], 'gated'),
      node('Pow', ['gated', 'two'], 'squared'),
      node('Pow', ['gated', 'three'], 'cubed'),
      node('Add', ['squared', 'tenth'], 'shifted'),
      node('Greater', ['shifted', 'cubed'], 'isGreater'),
      node('Where', ['isGreater', 'shifted', 'cubed'], 'chosen'),
      node('ReduceMean', ['chosen'], 'overChannels', { axes: [1] }),
      node('Sub', ['chosen', 'overChannels'], 'centred'),
      { ...node('Split', ['centred'], 'left', { axis: 1 }), output: ['left', 'right'] },
      node('Concat', ['right', 'left'], 'map', { axis: 1 }),
    ],
    constants: [floats('mix', [4, 3, 1, 1], wave(12, 2)), floats('three', [], [3])],
  };

  it('has the types that ONNX wants, from the picture to the map, and single precision on both sides', async () => {
    const graph = halfPrecisionGraph(installed(mixed));
    const halves = ['image', 'mixed', 'clipped', 'squeezed', 'gate', 'gated', 'squared', 'cubed', 'shifted'];
    halves.push('chosen', 'overChannels', 'centred', 'left', 'right', 'map');
    const types = await typesOf(graph, [...halves, 'isGreater', 'semblance/normalised', 'tap-map']);
    for (const name of halves) expect([name, types[name]]).toEqual([name, 'float16']);
    expect(types).toMatchObject({
      isGreater: 'bool',
      'semblance/normalised': 'float32',
      'tap-map': 'float32',
    });
    expect(await agreement(installed(mixed))).toBeGreaterThan(0.99999);
  });

  it('leaves out sums over whole maps, which a larger picture could make too large', async () => {
    const { graph } = readModel(halfPrecisionGraph(installed(mixed)));
    const pool = graph.node.find(({ op_type }) => op_type === 'GlobalAveragePool')!;
    const types = await typesOf(halfPrecisionGraph(installed(mixed)), [pool.input[0], pool.output[0]]);
    expect(Object.values(types)).toEqual(['float32', 'float32']);
  });

  it('leaves out what follows from the picture’s shape alone, which half precision cannot count', async () => {
    const parts: Parts = {
      nodes: [
        node('Conv', ['image', 'mix'], 'mixed'),
        node('Shape', ['mixed'], 'shape'),
        node('Cast', ['shape'], 'counted', { to: elementType.float }),
        node('Mul', ['counted', 'growth'], 'grown'),
        node('Cast', ['grown'], 'sizes', { to: elementType.int64 }),
        { ...node('Resize', ['mixed', '', '', 'sizes'], 'resized', { mode: 'linear' }) },
        node('ConstantOfShape', ['sizes'], 'zeros'),
        node('Add', ['resized', 'zeros'], 'added'),
        node('Gather', ['grown', 'last'], 'side'),
        node('Range', ['zero', 'side', 'one'], 'places'),
        node('Mul', ['added', 'places'], 'map'),
      ],
      constants: [
        floats('mix', [2, 3, 1, 1], wave(6, 2)),
        floats('growth', [4], [1, 1, 1.5, 1.5]),
        floats('zero', [], [0]),
        floats('one', [], [1]),
        integers('last', [], [3]),
      ],
    };
    const types = await typesOf(halfPrecisionGraph(installed(parts)), ['grown', 'places', 'mixed', 'map']);
    expect(types).toEqual({ grown: 'float32', places: 'float32', mixed: 'float16', map: 'float16' });
    expect(await agreement(installed(parts))).toBeGreaterThan(0.99999);
  });

  it('goes through casts: to single precision they become casts to half, others stay', async () => {
    const parts: Parts = {
      nodes: [
        node('Cast', ['image'], 'again', { to: elementType.float }),
        node('Cast', ['again'], 'double', { to: elementType.double }),
        node('Mul', ['double', 'gain'], 'gained'),
        node('Cast', ['gained'], 'back', { to: elementType.float }),
        node('Add', ['back', 'again'], 'map'),
      ],
      constants: [
        {
          name: 'gain',
          dims: [],
          data_type: elementType.double,
          raw_data: new Uint8Array(Float64Array.of(2).buffer),
        },
      ],
    };
    const types = await typesOf(halfPrecisionGraph(installed(parts)), ['again', 'gained', 'map']);
    expect(types).toEqual({ again: 'float16', gained: 'float64', map: 'float16' });
    expect(await agreement(installed(parts))).toBeGreaterThan(0.99999);
  });

  it('may be tapped where the map is used further on, and twice', async () => {
    const nodes = [
      node('Conv', ['image', 'mix'], 'early'),
      node('Relu', ['early'], 'map'),
      node('Resize', ['map', '', 'growth'], 'late'),
    ];
    const constants = [floats('mix', [2, 3, 1, 1], wave(6, 2)), floats('growth', [4], [1, 1, 2, 2])];
    const graph = installed({ nodes, constants, taps: ['early', 'map', 'late'] });
    expect(await agreement(graph)).toBeGreaterThan(0.999999);
  });

  it('has weights rounded to the nearest, and what is too large as the largest', () => {
    const weights = fc.array(fc.float({ noDefaultInfinity: false }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(weights, fc.boolean(), (values, isRaw) => {
        const gain: Tensor = isRaw
          ? floats('gain', [3, 1, 1], values)
          : { name: 'gain', dims: [3, 1, 1], data_type: elementType.float, float_data: values };
        const graph = installed({ nodes: [node('Mul', ['image', 'gain'], 'map')], constants: [gain] });
        const { initializer } = readModel(halfPrecisionGraph(graph)).graph;
        const made = initializer.filter(({ data_type }) => data_type === elementType.half);
        expect(made).toHaveLength(1);
        const halves = new Uint16Array(new Uint8Array(made[0].raw_data!).buffer);
        halves.forEach((half, i) => {
          const value = values[i];
          if (Number.isNaN(value)) {
            expect(fromHalf(half)).toBeNaN();
            return;
          }
          const distance = Math.abs(fromHalf(half) - Math.max(-65_504, Math.min(65_504, value)));
          for (const other of [half - 1, half + 1].filter((each) => (each & 0x7fff) < 0x7c00)) {
            const farther = Math.abs(fromHalf(other) - value);
            if (farther < distance) expect.fail(`${value} became ${fromHalf(half)}, not ${fromHalf(other)}`);
          }
          expect(Number.isFinite(fromHalf(half))).toBe(true);
        });
      }),
    );
  });

  it('does not hide from the probe that a network’s numbers do not fit', async () => {
    const constants = [floats('gain', [3, 1, 1], [1, 5e4, 5e4])];
    const nodes = [
      node('Mul', ['image', 'gain'], 'once'),
      node('Mul', ['once', 'gain'], 'twice'),
      node('Softmax', ['twice'], 'shares', { axis: 1 }),
      node('Mul', ['twice', 'shares'], 'map'),
    ];
    const graph = installed({ nodes, constants });
    expect((await outputsOf(graph))[0].every(Number.isFinite)).toBe(true);
    const values = await outputsOf(await roundedGraph(halfPrecisionGraph(graph)), true);
    expect(values[0].every(Number.isFinite)).toBe(false);
  });
});

describe('what is refused', () => {
  const refused = (parts: Parts) => () => halfPrecisionGraph(installed(parts));

  it.each<[string, Parts]>([
    ['QuantizeLinear', { nodes: [node('QuantizeLinear', ['image', 'step'], 'map')] }],
    ['Unique', { nodes: [node('Unique', ['image'], 'map')] }],
    [
      'FusedConv',
      {
        nodes: [{ ...node('FusedConv', ['image', 'step'], 'map'), domain: 'com.microsoft' }],
        domains: ['com.microsoft'],
      },
    ],
  ])('a network that uses %s on its pixels', (operator, parts) => {
    const constants = [floats('step', [], [1])];
    expect(refused({ ...parts, constants })).toThrow(
      `The network uses '${operator}', which is not computed in half precision.`,
    );
  });

  it('one with an inner graph that reads pixels', () => {
    const branch = {
      name: 'branch',
      node: [node('Relu', ['image'], 'inner')],
      initializer: [],
      input: [],
      output: [valueInfo('inner', 'float', [])],
    };
    const choice = node('If', ['always'], 'map');
    choice.attribute = ['then_branch', 'else_branch'].map((name) => ({ name, type: 5, g: branch }));
    const always: Tensor = { name: 'always', dims: [], data_type: 9, raw_data: Uint8Array.of(1) };
    expect(refused({ nodes: [choice], constants: [always] })).toThrow("The network uses 'If'");
  });

  it('one whose weights are not in the file', () => {
    const gain = { ...floats('gain', [3, 1, 1], [1, 1, 1]), data_location: 1 };
    expect(refused({ nodes: [node('Mul', ['image', 'gain'], 'map')], constants: [gain] })).toThrow(
      "keeps 'gain'",
    );
  });

  it('a graph that Semblance has not edited', () => {
    const shape = { patch: 16, channels: 8, blocks: 1, side: null, registers: 0 };
    expect(() => halfPrecisionGraph(visionTransformer(shape))).toThrow('no normalised picture');
  });
});
