import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { gemOfMap, powerMeanNodes, statisticsPerChannel } from '../../../src-main/descriptor/index.ts';
import { extractionGraph, photoInput } from '../../../src-main/vision/onnx/extraction-graph.ts';
import { floats, node, readModel, valueInfo, writeModel } from '../../../src-main/vision/onnx/model-file.ts';
import { statisticsGraph } from '../../../src-main/vision/onnx/positional-pooling.ts';

/** Two taps that scale the normalised pixels, one of them rectified, and a head that no tap needs. */
function network(version = 13): Uint8Array {
  return writeModel({
    ir_version: 8,
    opset_import: [{ domain: '', version }],
    graph: {
      name: 'network',
      node: [
        node('Mul', ['image', 'gain'], 'scaled'),
        node('Relu', ['scaled'], 'active'),
        node('GlobalAveragePool', ['active'], 'head'),
      ],
      initializer: [floats('gain', [3, 1, 1], [1e-3, 1, -1000]), floats('unused', [1], [1])],
      input: [valueInfo('image', 'float', ['N', 3, 'H', 'W'])],
      output: [valueInfo('head', 'float', ['N', 3, 1, 1])],
    },
  });
}

const plan = { input: 'image', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225], range: 255 };

/** The feature map of a tap, as it comes out of the same graph. */
const withMap = (graph: Uint8Array): Uint8Array =>
  statisticsGraph(graph, [
    { name: 'tap', statistic: { kind: 'power-means' } },
    { name: 'tap', statistic: { kind: 'map' } },
  ]).graph;
const mapOutput = 'semblance/positional/1';

async function run(graph: Uint8Array, pixels: Uint8Array, height: number, width: number) {
  const session = await ort.InferenceSession.create(graph);
  return session.run({ [photoInput]: new ort.Tensor('uint8', pixels, [1, height, width, 3]) });
}

const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256);

describe('the extraction graph', () => {
  it('normalises pixels as double precision does', async () => {
    const graph = withMap(extractionGraph(network(), { ...plan, taps: [{ name: 'tap', value: 'scaled' }] }));
    const pixels = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    const map = (await run(graph, pixels, 16, 16))[mapOutput].data as Float32Array;
    const expected = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - 0.456) / 0.224);
    expect([...map.subarray(256, 512)]).toEqual([...expected]);
  });

  it.each([
    [1, 1],
    [7, 3],
    [40, 61],
  ])('pools a map of %i × %i as pooling in JavaScript does', async (height, width) => {
    const taps = [{ name: 'tap', value: 'active' }];
    const graph = withMap(extractionGraph(network(), { ...plan, taps }));
    const outputs = await run(graph, noise(height * width * 3), height, width);
    expect(outputs.tap.dims).toEqual([1, statisticsPerChannel, 3]);
    const map = outputs[mapOutput].data as Float32Array;
    const expected = [...powerMeanNodes, Infinity].flatMap((p) => [...gemOfMap(map, 3, height * width, p)]);
    const computed = outputs.tap.data as Float32Array;
    expected.forEach((value, i) => expect(Math.abs(computed[i] / value - 1)).toBeLessThan(2e-5));
  });

  it('gives a dead channel exactly the floor', async () => {
    const graph = extractionGraph(network(), { ...plan, taps: [{ name: 'tap', value: 'active' }] });
    const { tap } = await run(graph, new Uint8Array(30 * 20 * 3), 30, 20);
    const values = tap.data as Float32Array;
    for (let row = 0; row < statisticsPerChannel; row++) expect(values[row * 3]).toBe(Math.fround(1e-6));
  });

  it('may name a tap as the network names the value', async () => {
    const graph = extractionGraph(network(), { ...plan, taps: [{ name: 'active', value: 'active' }] });
    expect(Object.keys(await run(graph, noise(75), 5, 5))).toEqual(['active']);
  });

  it('leaves out what no tap needs', () => {
    const { graph } = readModel(
      extractionGraph(network(), { ...plan, taps: [{ name: 'tap', value: 'scaled' }] }),
    );
    expect(graph.node.some(({ op_type }) => op_type === 'Relu')).toBe(false);
    expect(graph.initializer.some(({ name }) => name === 'unused')).toBe(false);
  });

  it('can be cut down to some of its taps, in any order', async () => {
    const taps = ['scaled', 'active'].map((value) => ({ name: `tap_${value}`, value }));
    const graph = extractionGraph(network(), { ...plan, taps });
    const cutTo = (name: string) =>
      statisticsGraph(graph, [{ name, statistic: { kind: 'power-means' } }]).graph;
    const all = await run(graph, noise(75), 5, 5);
    const some = await run(cutTo('tap_scaled'), noise(75), 5, 5);
    expect(Object.keys(some)).toEqual(['tap_scaled']);
    expect(some.tap_scaled.data).toEqual(all.tap_scaled.data);
    expect(() => cutTo('other')).toThrow('Choose among: tap_scaled, tap_active');
  });

  it('says what is wrong with a model', () => {
    const taps = [{ name: 'tap', value: 'nowhere' }];
    expect(() => extractionGraph(network(), { ...plan, taps })).toThrow("no feature map 'nowhere'");
    expect(() => extractionGraph(network(), { ...plan, input: 'data', taps: [] })).toThrow('but has: image');
    const photo = [{ name: photoInput, value: 'active' }];
    expect(() => extractionGraph(network(), { ...plan, taps: photo })).toThrow("cannot be called 'photo'");
    expect(() => extractionGraph(network(7), { ...plan, taps: [] })).toThrow('operator set 8');
    expect(() => extractionGraph(Buffer.from('not a model at all'), { ...plan, taps: [] })).toThrow(/ONNX/);
    expect(() => extractionGraph(new Uint8Array(), { ...plan, taps: [] })).toThrow('no network');
  });
});
