/**
 * The stored form of a fit, little-endian: magic, version, precision, dimension, inputs, fittedOn (uint32 each),
 * Σλ (float64), shrinkage (float64, from version 2 on), eigenvalues (float64), mean (float32), components (float32,
 * or float16), SHA-256 of all before it.
 */
import { createHash } from 'node:crypto';
import { SemblanceError } from '../contract/index.ts';
import { fromHalf, toHalf } from './half.ts';
import type { PcaFit } from './pca.ts';

const magic = 0x41435053;
const version = 2;
const firstVersion = 1;
const firstHeaderBytes = 32;
const headerBytes = firstHeaderBytes + 8;
const digestBytes = 32;
/** No fit is larger; a damaged header must not make us reserve memory. */
const mostNumbers = 64 * 1024 * 1024;

function sizeOf(header: number, dimension: number, inputs: number, bytesEach: number): number {
  return header + 8 * dimension + 4 * inputs + bytesEach * dimension * inputs + digestBytes;
}

/** @param options.half store components in half precision, for files that are shipped */
export function encodeFit(fit: PcaFit, options: { half?: boolean } = {}): Uint8Array {
  const bytesEach = options.half ? 2 : 4;
  const { dimension, inputs } = fit;
  const bytes = new Uint8Array(sizeOf(headerBytes, dimension, inputs, bytesEach));
  const view = new DataView(bytes.buffer);
  [magic, version, bytesEach, dimension, inputs, fit.fittedOn].forEach((word, i) =>
    view.setUint32(4 * i, word, true),
  );
  view.setFloat64(24, fit.totalVariance, true);
  view.setFloat64(32, fit.shrinkage, true);
  let at = headerBytes;
  for (const value of fit.eigenvalues) at = (view.setFloat64(at, value, true), at + 8);
  for (const value of fit.mean) at = (view.setFloat32(at, value, true), at + 4);
  for (const value of fit.components) {
    if (options.half) view.setUint16(at, toHalf(value), true);
    else view.setFloat32(at, value, true);
    at += bytesEach;
  }
  bytes.set(digest(bytes), at);
  return bytes;
}

/** Whether bytes begin as a fit does. */
export function isFitFile(bytes: Uint8Array): boolean {
  return bytes.length > 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === magic;
}

/** @throws SemblanceError `library-damaged` when the bytes are not a whole, unchanged fit */
export function decodeFit(bytes: Uint8Array): PcaFit {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < firstHeaderBytes + digestBytes) throw damaged();
  const words = Array.from({ length: 6 }, (_, i) => view.getUint32(4 * i, true));
  const [foundMagic, foundVersion, bytesEach, dimension, inputs, fittedOn] = words;
  const header = foundVersion === firstVersion ? firstHeaderBytes : headerBytes;
  const known =
    foundMagic === magic &&
    (foundVersion === version || foundVersion === firstVersion) &&
    (bytesEach === 2 || bytesEach === 4);
  if (!known || dimension * inputs > mostNumbers) throw damaged();
  if (bytes.length !== sizeOf(header, dimension, inputs, bytesEach)) throw damaged();
  if (!digest(bytes).equals(bytes.subarray(-digestBytes))) throw damaged();
  let at = header;
  const eigenvalues = Float64Array.from({ length: dimension }, (_, i) => view.getFloat64(at + 8 * i, true));
  at += 8 * dimension;
  const mean = Float32Array.from({ length: inputs }, (_, i) => view.getFloat32(at + 4 * i, true));
  at += 4 * inputs;
  const components = new Float32Array(dimension * inputs);
  for (let i = 0; i < components.length; i++, at += bytesEach) {
    components[i] = bytesEach === 2 ? fromHalf(view.getUint16(at, true)) : view.getFloat32(at, true);
  }
  return {
    mean,
    components,
    eigenvalues,
    totalVariance: view.getFloat64(24, true),
    // Fits of the first version did not measure it.
    shrinkage: foundVersion === firstVersion ? 0 : view.getFloat64(firstHeaderBytes, true),
    dimension,
    inputs,
    fittedOn,
  };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes.subarray(0, -digestBytes)).digest();
}

function damaged(): SemblanceError {
  return new SemblanceError(
    'library-damaged',
    'A stored fit is damaged. Index the folders again to make a new one.',
  );
}
