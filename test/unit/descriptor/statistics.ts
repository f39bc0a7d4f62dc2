/** What the tests of the cache share; some of it lies behind the public face of `descriptor/`. */
import { codeOffsets, powerMeanCode } from '../../../src-main/descriptor/statistics-code.ts';
import {
  encodeStatistics,
  PowerMeanPooling,
  type PowerMeanLayout,
} from '../../../src-main/descriptor/index.ts';

export {
  codeLength,
  decodeFirstCode,
  decodeStatistics,
  encodeStatistics,
  gem,
  type PowerMeanLayout,
  powerMeanNodes,
  randomFrom,
  statisticsPerChannel,
} from '../../../src-main/descriptor/index.ts';

/** Of the default recipe on the default model. */
export const defaultLayout: PowerMeanLayout = {
  scales: 3,
  taps: [144, 192, 384, 960].map((channels, i) => ({
    name: `tap${i}`,
    channels,
    statistic: { kind: 'power-means' },
  })),
};

/** Pools one tap's power means after they went through the cache. */
export function pooledByCode(statistics: Float32Array, channels: number, p: number): Float32Array {
  const layout: PowerMeanLayout = {
    scales: 1,
    taps: [{ name: 'tap', channels, statistic: { kind: 'power-means' } }],
  };
  const code = encodeStatistics(layout, statistics);
  return new PowerMeanPooling(p).pool(powerMeanCode(code, codeOffsets(layout)[0][0], channels), channels);
}
