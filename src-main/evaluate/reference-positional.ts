/** The arrays of the golden data that come of poolings by position: spatial pyramid and attention. */
import { attentionOfMap, pyramidOfMap, type TapStatistic } from '../descriptor/index.ts';
import type { TapOutput } from '../vision/index.ts';
import type { ReferenceArray } from './reference-data.ts';

/** What each layer's output holds besides power means and map. */
export type LayerStatistics = ReadonlyMap<string, TapStatistic[]>;

const attentionLayer = 'layer4';

/** @param arrays those of the reference, which hold the weights of its attention */
export function positionalStatistics(
  layers: string[],
  arrays: ReadonlyMap<string, ReferenceArray>,
): LayerStatistics {
  const pyramid: TapStatistic = { kind: 'pyramid', levels: [1, 2, 4] };
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => arrays.get(`attention.${name}`));
  if (!w1 || !b1 || !w2 || !b2) return new Map(layers.map((layer) => [layer, [pyramid]]));
  const weights = {
    hidden: w1.rows,
    channels: w1.columns,
    w1: w1.values,
    b1: b1.values,
    w2: w2.values,
    b2: b2.values[0],
  };
  const attention: TapStatistic = { kind: 'attention', weights };
  return new Map(layers.map((layer) => [layer, layer === attentionLayer ? [pyramid, attention] : [pyramid]]));
}

/** Both ways in which the product computes an array of this name: from the layer's map, and inside the graph. */
export function positionalPoolings(
  name: string,
  statistics: LayerStatistics,
): { layer: string; ways: ((tap: TapOutput) => Float32Array)[] } | null {
  const [prefix, layer] = name.split('.');
  const kind = prefix === 'spp' ? 'pyramid' : prefix;
  const place = statistics.get(layer)?.findIndex((each) => each.kind === kind) ?? -1;
  const statistic = statistics.get(layer)?.[place];
  if (statistic === undefined) return null;
  return { layer, ways: [(tap) => poolMap(tap, statistic), (tap) => tap.statistics[place]] };
}

function poolMap({ map, channels, height, width }: TapOutput, statistic: TapStatistic): Float32Array {
  if (statistic.kind === 'pyramid') return pyramidOfMap(map, channels, height, width, statistic.levels);
  if (statistic.kind === 'attention') return attentionOfMap(map, channels, height * width, statistic.weights);
  return map;
}
