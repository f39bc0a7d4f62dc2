import { describe, expect, it } from 'vitest';
import {
  heatColour,
  heatPixels,
  heatWords,
  type HeatMap,
  strengthOf,
} from '../../src-main/contract/index.ts';

const map = (columns: number, cells: number[]): HeatMap => ({ columns, rows: cells.length / columns, cells });

/** Relative luminance of sRGB (WCAG 2). */
function luminance(colour: readonly number[]): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colours of a heat map', () => {
  it('get brighter the stronger a cell is, on either side', () => {
    for (const side of [1, -1]) {
      const lights = Array.from({ length: 11 }, (_, i) => luminance(heatColour((side * (i + 1)) / 11)));
      expect(lights).toEqual(lights.toSorted((a, b) => a - b));
    }
  });

  it('are warm for the match and cold against it', () => {
    for (const strength of [0.2, 0.6, 1]) {
      const [red, , blue] = heatColour(strength);
      expect(red).toBeGreaterThan(blue);
      const [coldRed, , coldBlue] = heatColour(-strength);
      expect(coldBlue).toBeGreaterThan(coldRed);
    }
  });

  it('cover nothing where nothing is, and most where most is', () => {
    const pixels = heatPixels(map(3, [0, 0, 0, 0, 0, 0, 0, 0, 9]), 30, 30, 4);
    const opacityAt = (x: number, y: number) => pixels[4 * (30 * y + x) + 3];
    expect(opacityAt(1, 1)).toBe(0);
    expect(opacityAt(29, 29)).toBeGreaterThan(opacityAt(18, 18));
    expect(heatPixels(map(1, [0]), 2, 2, 0).every((value) => value === 0)).toBe(true);
  });

  it('are chosen by what all but a few cells stay below', () => {
    const cells = Array.from({ length: 10_000 }, (_, i) => (i === 5050 ? 1000 : -1));
    expect(strengthOf([map(100, cells)])).toBe(1);
    expect(strengthOf([map(1, [0])])).toBe(0);
  });
});

describe('a heat map in words', () => {
  it('says in which ninths the match lies', () => {
    expect(heatWords(map(3, [0, 0, 0, 6, 2, 0, 0, 0, 2]))).toBe(
      '60 % of what speaks for the match lies on the left, 20 % in the middle.',
    );
    expect(heatWords(map(3, [0, 0, 0, 0, 0, 0, 0, 0, 5]))).toBe(
      '100 % of what speaks for the match lies at the bottom right.',
    );
  });

  it('says where much speaks against it', () => {
    expect(heatWords(map(3, [-3, 0, 0, 0, 4, 0, 0, 0, 0]))).toBe(
      '100 % of what speaks for the match lies in the middle. What speaks against it lies mostly at the top left.',
    );
    expect(heatWords(map(1, [-1]))).toMatch(/^Nothing here speaks for the match\./);
  });
});
