/**
 * The compact form in which a photo's statistics are cached: about 40 KB for the default recipe.
 *
 * GeM does not decrease with p, so of power means the logarithm of the average is kept in sixteen bits, and its
 * increments from node to node, which are not negative, in eight bits each. Other statistics are kept in half
 * precision. Layout, little-endian: version (uint32); then for each scale and tap either six steps (float32), the
 * bases (uint16) and six rows of increments (uint8), or one factor (float32) and the numbers (float16), padded to four
 * bytes.
 */
import { SemblanceError } from '../contract/index.ts';
import { fromHalf, toHalf } from './half.ts';
import {
  activationFloor,
  type PowerMeanLayout,
  powerMeanNodes,
  statisticsPerChannel,
} from './power-means.ts';
import { statisticLength } from './tap-statistics.ts';

const codeVersion = 2;
const headerBytes = 4;
/** Increments from each node to the next, and from the last to the maximum. */
export const increments = powerMeanNodes.length;
const largestIncrement = 255;

/** Logarithms from that of the floor to as far above 1 are stored, in 65,535 equal steps: 2.1e-4 relative. */
const logRange = -Math.log(activationFloor);
const logStep = (2 * logRange) / 65_535;

/** Where a tap's power means lie in a photo's code. */
export interface PowerMeanCode {
  /** The logarithm at node k + 1 lies `steps[k] · increments[k · channels + channel]²` above that at node k. */
  steps: Float32Array;
  bases: Uint16Array;
  increments: Uint8Array;
}

/** Logarithm of GeM at p = 1 that a base stands for. */
export function baseLogarithm(base: number): number {
  return base * logStep - logRange;
}

type LayoutTap = PowerMeanLayout['taps'][number];

function codedBytes({ statistic, channels }: LayoutTap): number {
  if (statistic.kind === 'power-means') return 4 * increments + (2 + increments) * incrementRow(channels);
  return 4 + 4 * Math.ceil(statisticLength(statistic, channels) / 2);
}

/** Length of a row of increments: a multiple of four, so that what follows is aligned. */
export function incrementRow(channels: number): number {
  return 4 * Math.ceil(channels / 4);
}

/** Bytes that a photo of the layout takes. */
export function codeLength({ scales, taps }: PowerMeanLayout): number {
  return headerBytes + scales * taps.reduce((sum, tap) => sum + codedBytes(tap), 0);
}

/** Where each tap of each scale begins, scale by scale. */
export function codeOffsets(layout: PowerMeanLayout): number[][] {
  let at = headerBytes;
  return Array.from({ length: layout.scales }, () =>
    layout.taps.map((tap) => {
      const offset = at;
      at += codedBytes(tap);
      return offset;
    }),
  );
}

/**
 * @param values statistics in the order of the layout
 * @throws SemblanceError `model-failed` when a number is not finite
 */
export function encodeStatistics(layout: PowerMeanLayout, values: Float32Array): Uint8Array {
  const code = new Uint8Array(codeLength(layout));
  new DataView(code.buffer).setUint32(0, codeVersion, true);
  let at = headerBytes;
  let from = 0;
  for (let scale = 0; scale < layout.scales; scale++) {
    for (const tap of layout.taps) {
      const length = statisticLength(tap.statistic, tap.channels);
      const part = values.subarray(from, from + length);
      if (tap.statistic.kind === 'power-means') encodePowerMeans(powerMeanCode(code, at, tap.channels), part);
      else encodePlain(code, at, part);
      at += codedBytes(tap);
      from += length;
    }
  }
  if (from !== values.length) {
    throw new SemblanceError('recipe-mismatch', 'Feature statistics belong to another recipe. Index again.');
  }
  return code;
}

function encodePowerMeans(code: PowerMeanCode, values: Float32Array): void {
  const channels = values.length / statisticsPerChannel;
  const logs = logarithms(values);
  // Steps as they are stored, in single precision, so that what is reached is what will be read.
  const { steps, bases, increments: codes } = code;
  const inverses = new Float64Array(increments);
  for (let k = 0; k < increments; k++) {
    let most = 0;
    const [from, to] = [k * channels, (k + 1) * channels];
    for (let channel = 0; channel < channels; channel++) {
      const rise = logs[to + channel] - logs[from + channel];
      if (rise > most) most = rise;
    }
    steps[k] = most / largestIncrement ** 2;
    inverses[k] = steps[k] > 0 ? 1 / steps[k] : 0;
  }
  const row = incrementRow(channels);
  for (let channel = 0; channel < channels; channel++) {
    const base = Math.max(0, Math.min(65_535, Math.round((logs[channel] + logRange) / logStep)));
    bases[channel] = base;
    // Each increment starts from what the ones before stand for, so that roundings do not add up.
    let reached = baseLogarithm(base);
    for (let k = 0; k < increments; k++) {
      const square = (logs[(k + 1) * channels + channel] - reached) * inverses[k] - 0.25;
      if (!(square > 0)) continue;
      // The whole number whose square is nearest: squares q² and (q + 1)² meet at (q + ½)² + ¼.
      const increment = Math.min(largestIncrement, Math.floor(Math.sqrt(square) + 0.5));
      codes[k * row + channel] = increment;
      reached += steps[k] * increment * increment;
    }
  }
}

function encodePlain(code: Uint8Array, at: number, values: Float32Array): void {
  let peak = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw notFinite();
    peak = Math.max(peak, Math.abs(value));
  }
  const view = new DataView(code.buffer, code.byteOffset);
  view.setFloat32(at, peak, true);
  if (peak === 0) return;
  for (let i = 0; i < values.length; i++) view.setUint16(at + 4 + 2 * i, toHalf(values[i] / peak), true);
}

/** @throws SemblanceError `library-damaged` when the bytes are not a code of the layout */
export function alignedCode(layout: PowerMeanLayout, bytes: Uint8Array): Uint8Array {
  const version = bytes.length < headerBytes ? 0 : bytes[0];
  if (version !== codeVersion || bytes.length !== codeLength(layout)) {
    throw new SemblanceError(
      'library-damaged',
      'Stored feature statistics are damaged. Index the folder again.',
    );
  }
  // Bytes that come from a database need not be aligned.
  return bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
}

/** Views on a tap's power means in an aligned code. */
export function powerMeanCode(code: Uint8Array, at: number, channels: number): PowerMeanCode {
  const start = code.byteOffset + at;
  const row = incrementRow(channels);
  return {
    steps: new Float32Array(code.buffer, start, increments),
    bases: new Uint16Array(code.buffer, start + 4 * increments, channels),
    increments: new Uint8Array(code.buffer, start + 4 * increments + 2 * row, increments * row),
  };
}

/** Numbers of another statistic. */
export function plainStatistics(code: Uint8Array, at: number, length: number): Float32Array {
  const view = new DataView(code.buffer, code.byteOffset);
  const peak = view.getFloat32(at, true);
  return Float32Array.from({ length }, (_, i) => peak * fromHalf(view.getUint16(at + 4 + 2 * i, true)));
}

/** All statistics of a photo, in the order of the layout. @throws SemblanceError `library-damaged` */
export function decodeStatistics(layout: PowerMeanLayout, bytes: Uint8Array): Float32Array {
  const code = alignedCode(layout, bytes);
  const parts = codeOffsets(layout).flatMap((offsets) =>
    layout.taps.map(({ statistic, channels }, i) =>
      statistic.kind === 'power-means'
        ? decodedPowerMeans(powerMeanCode(code, offsets[i], channels), channels)
        : plainStatistics(code, offsets[i], statisticLength(statistic, channels)),
    ),
  );
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

function decodedPowerMeans(code: PowerMeanCode, channels: number): Float32Array {
  const values = new Float32Array(statisticsPerChannel * channels);
  const row = incrementRow(channels);
  for (let channel = 0; channel < channels; channel++) {
    let logarithm = baseLogarithm(code.bases[channel]);
    values[channel] = Math.exp(logarithm);
    for (let k = 0; k < increments; k++) {
      const increment = code.increments[k * row + channel];
      logarithm += code.steps[k] * increment * increment;
      values[(k + 1) * channels + channel] = Math.exp(logarithm);
    }
  }
  return values;
}

/**
 * Logarithms of 1 … 2 in 2,048 steps. Interpolated between them they err by 3e-8, far below a step of the code, at
 * a third of the time of Math.log, which counts where every photo has tens of thousands of numbers.
 */
const mantissaLogs = Float64Array.from({ length: 2049 }, (_, i) => Math.log1p(i / 2048));

/** Logarithms of numbers, those below the floor raised to it. @throws SemblanceError `model-failed` */
function logarithms(values: Float32Array): Float64Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const logs = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const exponent = (bits[i] >>> 23) & 255;
    if (exponent === 255) throw notFinite();
    if (!(values[i] > activationFloor)) {
      logs[i] = -logRange;
      continue;
    }
    const step = (bits[i] >>> 12) & 2047;
    const rest = (bits[i] & 4095) / 4096;
    const mantissa = mantissaLogs[step] + rest * (mantissaLogs[step + 1] - mantissaLogs[step]);
    logs[i] = (exponent - 127) * Math.LN2 + mantissa;
  }
  return logs;
}

function notFinite(): SemblanceError {
  return new SemblanceError(
    'model-failed',
    'The model gave a number that is not finite. Use another model or device.',
  );
}

/**
 * Numbers as libraries of the first schema hold them: the logarithm in sixteen bits each.
 * @throws SemblanceError `library-damaged`
 */
export function decodeFirstCode(bytes: Uint8Array): Float32Array {
  if (bytes.length % 2 !== 0) {
    throw new SemblanceError(
      'library-damaged',
      'Stored feature statistics are damaged. Index the folder again.',
    );
  }
  const codes = new Uint16Array(Uint8Array.from(bytes).buffer);
  return Float32Array.from(codes, (code) => Math.exp(baseLogarithm(code)));
}
