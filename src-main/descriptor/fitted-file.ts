/** The stored form of what was fitted, and of what the network was asked for. */
import * as v from 'valibot';
import { SemblanceError } from '../contract/index.ts';
import type { Extraction } from './extraction.ts';
import { decodeFit, isFitFile } from './fit-file.ts';
import { type Fitted, fittedByPca } from './fitted.ts';
import { pack, unpack } from './packed.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const singles = v.instance(Float32Array);
const doubles = v.instance(Float64Array);

const attentionSchema = v.object({
  hidden: count,
  channels: count,
  w1: singles,
  b1: singles,
  w2: singles,
  b2: v.number(),
});

const pcaSchema = v.object({
  mean: singles,
  components: singles,
  eigenvalues: doubles,
  totalVariance: v.number(),
  shrinkage: v.number(),
  dimension: count,
  inputs: count,
  fittedOn: count,
});

const linearSchema = v.object({ mean: singles, matrix: singles, dimension: count, inputs: count });

const encoderSchema = v.object({
  mean: singles,
  deviation: singles,
  w1: singles,
  b1: singles,
  w2: singles,
  b2: singles,
  hidden: count,
  dimension: count,
  inputs: count,
});

const byPlace = <Value>(value: v.GenericSchema<Value>) => v.map(v.number(), value);

const fittedSchema = v.object({
  fittedOn: count,
  exponents: byPlace(v.number()),
  attention: byPlace(attentionSchema),
  selection: v.nullable(
    v.object({ inputs: count, features: v.instance(Uint32Array), factors: v.nullable(singles) }),
  ),
  standardisations: v.array(v.object({ mean: doubles, deviation: doubles })),
  reduction: v.nullable(
    v.variant('kind', [
      v.object({ kind: v.literal('pca'), fit: pcaSchema }),
      v.object({ kind: v.literal('linear'), map: linearSchema }),
      v.object({ kind: v.literal('encoder'), fit: encoderSchema }),
    ]),
  ),
});

const extractionSchema = v.object({
  model: v.string(),
  modelSha256: v.string(),
  longerSide: count,
  scales: v.array(v.number()),
  taps: v.array(
    v.object({
      name: v.string(),
      model: v.exactOptional(v.object({ name: v.string(), sha256: v.string() })),
      channels: count,
      statistic: v.variant('kind', [
        v.object({ kind: v.literal('power-means') }),
        v.object({ kind: v.literal('pyramid'), levels: v.array(count) }),
        v.object({ kind: v.literal('attention'), weights: attentionSchema }),
      ]),
    }),
  ),
});

export function encodeFitted(fitted: Fitted): Uint8Array {
  return pack({
    ...fitted,
    exponents: [...fitted.exponents],
    attention: [...fitted.attention],
  });
}

/** Reads the files of earlier versions too. @throws SemblanceError `library-damaged` */
export function decodeFitted(bytes: Uint8Array): Fitted {
  if (isFitFile(bytes)) return fittedByPca(decodeFit(bytes));
  const what = 'A stored fit';
  return checked(fittedSchema, withMaps(unpack(bytes, what)), what);
}

/** MessagePack has no maps whose keys are numbers; they are stored as lists of pairs. */
function withMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { exponents, attention } = value as Partial<Record<'exponents' | 'attention', unknown>>;
  const map = (pairs: unknown) => (Array.isArray(pairs) ? new Map(pairs as [unknown, unknown][]) : pairs);
  return { ...value, exponents: map(exponents), attention: map(attention) };
}

export function encodeExtraction(extraction: Extraction): Uint8Array {
  return pack(extraction);
}

/** @throws SemblanceError `library-damaged` */
export function decodeExtraction(bytes: Uint8Array): Extraction {
  const what = 'What is known of the stored feature statistics';
  return checked(extractionSchema, unpack(bytes, what), what);
}

function checked<Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, what: string): Output {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new SemblanceError('library-damaged', `${what} is damaged. Index the folders again to renew it.`);
}
