/** How a heat map is drawn and read, in the window as on a terminal. */
import type { HeatMap } from './explanation.ts';

type Colour = [red: number, green: number, blue: number];

/**
 * Even steps of lightness in OKLab (Ottosson 2020), from deep to bright: what speaks for the match is red to yellow, what
 * speaks against it blue to cyan, which people of any colour vision tell apart.
 */
const ramps = {
  for: { lightness: [0.5, 0.93], chroma: [0.2, 0.17], hue: [25, 100] },
  against: { lightness: [0.4, 0.85], chroma: [0.16, 0.12], hue: [275, 215] },
} as const;
const steps = 256;
/** How much of the photo is covered where the map is strongest. */
const mostOpacity = 0.8;
function between([from, to]: readonly [number, number], at: number): number {
  return from + (to - from) * at;
}

function colourAt({ lightness, chroma, hue }: (typeof ramps)['for' | 'against'], at: number): Colour {
  const light = between(lightness, at);
  const angle = (between(hue, at) * Math.PI) / 180;
  const a = between(chroma, at) * Math.cos(angle);
  const b = between(chroma, at) * Math.sin(angle);
  const long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** Linear light as sRGB, 0 … 255. */
function encoded(linear: number): number {
  const value = Math.max(0, Math.min(1, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}

const tableOf = (ramp: (typeof ramps)['for' | 'against']): Colour[] =>
  Array.from({ length: steps }, (_, i) => colourAt(ramp, i / (steps - 1)));
const tables = { for: tableOf(ramps.for), against: tableOf(ramps.against) };

/** @param value −1 … 1, relative to the strongest */
export function heatColour(value: number): Colour {
  const strength = Math.min(1, Math.abs(value));
  return tables[value < 0 ? 'against' : 'for'][Math.round(strength * (steps - 1))];
}

/**
 * What is drawn strongest on some maps, so that these can be compared: what one cell in fifty exceeds, because single
 * cells may be many times as strong as all others.
 */
export function strengthOf(maps: readonly HeatMap[]): number {
  const strengths = maps.flatMap(({ cells }) => cells.map(Math.abs)).sort((a, b) => a - b);
  return strengths.at(Math.floor(0.98 * strengths.length)) ?? 0;
}

/**
 * A heat map to be laid over its picture, smooth between the middles of its cells, and clear where nothing is.
 * @param most what is drawn strongest
 * @returns RGBA, width × height × 4
 */
export function heatPixels(map: HeatMap, width: number, height: number, most: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  if (most === 0) return pixels;
  const across = neighbours(width, map.columns);
  for (const [y, down] of neighbours(height, map.rows).entries()) {
    for (const [x, side] of across.entries()) {
      const row = (at: number): number => {
        const start = at * map.columns;
        return between([map.cells[start + side.first], map.cells[start + side.second]], side.part);
      };
      const value = between([row(down.first), row(down.second)], down.part) / most;
      const strength = Math.min(1, Math.abs(value));
      const opacity = mostOpacity * Math.sqrt(strength);
      pixels.set([...heatColour(value), Math.round(255 * opacity)], 4 * (y * width + x));
    }
  }
  return pixels;
}

/** For each pixel of a side: the two cells between whose middles it lies, and how far from the first. */
function neighbours(pixels: number, cells: number): { first: number; second: number; part: number }[] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const at = Math.max(0, Math.min(cells - 1, ((pixel + 0.5) * cells) / pixels - 0.5));
    const first = Math.floor(at);
    return { first, second: Math.min(cells - 1, first + 1), part: at - first };
  });
}
