import { describe, expect, it } from 'vitest';
import {
  type AttentionWeights,
  pyramidOfMap,
  statisticLength,
  statisticsPerChannel,
} from '../../../src-main/descriptor/index.ts';

const weights: AttentionWeights = {
  hidden: 2,
  channels: 3,
  w1: new Float32Array(6),
  b1: new Float32Array(2),
  w2: new Float32Array(2),
  b2: 0,
};

describe('the length of a statistic', () => {
  it('is that of what pooling gives', () => {
    expect(statisticLength({ kind: 'power-means' }, 3)).toBe(statisticsPerChannel * 3);
    const levels = [1, 2, 4];
    expect(statisticLength({ kind: 'pyramid', levels }, 48)).toBe(1008);
    expect(statisticLength({ kind: 'pyramid', levels }, 3)).toBe(
      pyramidOfMap(new Float32Array(60), 3, 4, 5, levels).length,
    );
    expect(statisticLength({ kind: 'attention', weights }, 3)).toBe(3);
  });

  it('is refused to maps, whose size is that of the picture', () => {
    expect(() => statisticLength({ kind: 'map' }, 3)).toThrow(/as large as the picture/);
  });

  it('is refused to what cannot be computed', () => {
    expect(() => statisticLength({ kind: 'pyramid', levels: [2, 0] }, 3)).toThrow(/they were: 2, 0/);
    expect(() => statisticLength({ kind: 'attention', weights }, 4)).toThrow(
      expect.objectContaining({ code: 'recipe-mismatch' }),
    );
    const short = { ...weights, w1: new Float32Array(5) };
    expect(() => statisticLength({ kind: 'attention', weights: short }, 3)).toThrow(
      expect.objectContaining({ code: 'invalid-arguments' }),
    );
  });
});
