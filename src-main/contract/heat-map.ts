/** How a heat map is drawn and read, in the window as on a terminal. */
import type { HeatMap } from './explanation.ts';

type Colour = [red: number, green: number, blue: number];

/**
 * Even steps of lightness in OKLab (Ottosson, A perceptual color space for image processing, 2020), from deep to bright:
 * what speaks for the match is red to yellow, what speaks against it blue to cyan. People of any colour vision tell
 * these apart. Hues in degrees.
 */
const ramps = {
  for: { lightness: [0.5, 0.93], chroma: [0.2, 0.17], hue: [25, 100] },
  against: { lightness: [0.4, 0.85], chroma: [0.16, 0.12], hue: [275, 215] },
} as const;
type Ramp = (typeof ramps)[keyof typeof ramps];

const steps = 256;
/** How much of the photo is covered where the map is strongest. */
const mostOpacity = 0.85;
/** Share of the cells that may be stronger than what is drawn strongest. */
const shareOfOutliers = 0.02;

/** Weak cells are seen, and the photo through them. */
function opacityAt(strength: number): number {
  return mostOpacity * strength ** 0.75;
}

function between([from, to]: readonly [number, number], at: number): number {
  return from + (to - from) * at;
}

function colourAt({ lightness, chroma, hue }: Ramp, at: number): Colour {
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

const tableOf = (ramp: Ramp): Colour[] =>
  Array.from({ length: steps }, (_, i) => colourAt(ramp, i / (steps - 1)));
const tables = { for: tableOf(ramps.for), against: tableOf(ramps.against) };

/** Pixels by how strong they are: RGBA as they lie in memory. */
const pixelTableOf = (table: Colour[]): Uint32Array => {
  const bytes = table.flatMap((colour, i) => [...colour, Math.round(255 * opacityAt(i / (steps - 1)))]);
  return new Uint32Array(Uint8Array.from(bytes).buffer);
};
const pixelTables = { for: pixelTableOf(tables.for), against: pixelTableOf(tables.against) };

/** @param value −1 … 1: how strongly it speaks against or for the match */
export function heatColour(value: number): Colour {
  const strength = Math.min(1, Math.abs(value));
  return tables[value < 0 ? 'against' : 'for'][Math.round(strength * (steps - 1))];
}

/**
 * What is drawn strongest on some maps, so that these can be compared. A few single cells may be many times as strong as
 * all others, and do not count.
 */
export function strengthOf(maps: readonly HeatMap[]): number {
  const strengths = maps.flatMap((map) => [...smoothed(map)].map(Math.abs)).sort((a, b) => a - b);
  return strengths.at(Math.floor((1 - shareOfOutliers) * strengths.length)) ?? 0;
}

/** Each cell with a part of its neighbours (1 2 1 in either direction), as the network saw more than a cell at a time. */
function smoothed({ columns, rows, cells }: HeatMap): Float64Array {
  const along = (values: ArrayLike<number>, length: number, step: number): Float64Array =>
    Float64Array.from(values, (value, i) => {
      const at = Math.floor(i / step) % length;
      const before = at > 0 ? values[i - step] : value;
      const after = at < length - 1 ? values[i + step] : value;
      return (before + 2 * value + after) / 4;
    });
  return along(along(cells, columns, 1), rows, columns);
}

/**
 * A heat map to be laid over its picture, smooth between the middles of its cells, and clear where nothing is.
 * @param most what is drawn strongest
 * @returns RGBA, width × height × 4
 */
export function heatPixels(
  map: HeatMap,
  width: number,
  height: number,
  most: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  if (most === 0) return pixels;
  // One number a pixel and no arrays in between: a window has two pictures to draw before it answers again.
  const words = new Uint32Array(pixels.buffer);
  const cells = smoothed(map).map((cell) => (cell / most) * (steps - 1));
  const across = neighbours(width, map.columns);
  const down = neighbours(height, map.rows);
  for (let y = 0; y < height; y++) {
    const upper = down.first[y] * map.columns;
    const lower = down.second[y] * map.columns;
    for (let x = 0; x < width; x++) {
      const [first, second, part] = [across.first[x], across.second[x], across.part[x]];
      const above = cells[upper + first] * (1 - part) + cells[upper + second] * part;
      const below = cells[lower + first] * (1 - part) + cells[lower + second] * part;
      const value = above * (1 - down.part[y]) + below * down.part[y];
      const table = value < 0 ? pixelTables.against : pixelTables.for;
      words[y * width + x] = table[Math.min(steps - 1, Math.round(Math.abs(value)))];
    }
  }
  return pixels;
}

/** For each pixel of a side: the two cells between whose middles it lies, and how far from the first. */
function neighbours(
  pixels: number,
  cells: number,
): { first: Uint32Array; second: Uint32Array; part: Float64Array } {
  const at = Float64Array.from({ length: pixels }, (_, pixel) =>
    Math.max(0, Math.min(cells - 1, ((pixel + 0.5) * cells) / pixels - 0.5)),
  );
  const first = Uint32Array.from(at);
  const second = first.map((cell) => Math.min(cells - 1, cell + 1));
  return { first, second, part: at.map((each, i) => each - first[i]) };
}

const places = [
  ['at the top left', 'at the top', 'at the top right'],
  ['on the left', 'in the middle', 'on the right'],
  ['at the bottom left', 'at the bottom', 'at the bottom right'],
];

/**
 * Where on a picture the match is, for those who do not see the colours: the ninths of it that hold most of what speaks
 * for the match, and the one that speaks most against it where that is much.
 */
export function heatWords({ columns, rows, cells }: HeatMap): string {
  const ninths = places.flat().map((place) => ({ place, for: 0, against: 0 }));
  cells.forEach((cell, i) => {
    const row = Math.min(2, Math.floor((3 * (Math.floor(i / columns) + 0.5)) / rows));
    const column = Math.min(2, Math.floor((3 * ((i % columns) + 0.5)) / columns));
    ninths[3 * row + column][cell < 0 ? 'against' : 'for'] += Math.abs(cell);
  });
  const total = (side: 'for' | 'against'): number => ninths.reduce((sum, ninth) => sum + ninth[side], 0);
  const by = (side: 'for' | 'against') => ninths.toSorted((a, b) => b[side] - a[side]);
  const sentences: string[] = [];
  if (total('for') > 0) {
    const [first, second] = by('for').map((ninth) => ({
      place: ninth.place,
      percent: Math.round((100 * ninth.for) / total('for')),
    }));
    sentences.push(
      second.percent > 0
        ? `${first.percent} % of what speaks for the match lies ${first.place}, ${second.percent} % ${second.place}.`
        : `${first.percent} % of what speaks for the match lies ${first.place}.`,
    );
  } else sentences.push('Nothing here speaks for the match.');
  if (total('against') > total('for') / 2) {
    sentences.push(`What speaks against it lies mostly ${by('against')[0].place}.`);
  }
  return sentences.join(' ');
}
