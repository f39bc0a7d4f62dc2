/** Where the default backbone comes from: a file inside the packed assets of an npm package. */
import * as v from 'valibot';
import { SemblanceError } from '../../contract/index.ts';

const text = v.pipe(v.string(), v.minLength(1));
const channels = v.pipe(v.array(v.number()), v.length(3));

const sourceSchema = v.strictObject({
  name: text,
  title: text,
  purpose: text,
  licence: text,
  origin: text,
  /** npm package, and in it the assets, their loader, and the name of the file inside the assets. */
  package: text,
  assets: text,
  loader: text,
  file: text,
  /** Of the file inside the assets. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  inputTensor: text,
  mean: channels,
  deviation: channels,
  range: v.number(),
  taps: v.array(v.strictObject({ name: text, stride: v.number(), tensor: text })),
});

export type BackboneSource = v.InferOutput<typeof sourceSchema>;

/** Reads resources/backbone/default.json. */
export function parseSource(json: string): BackboneSource {
  return v.parse(sourceSchema, JSON.parse(json));
}

const fileSchema = v.object({ filename: v.string(), start: v.number(), end: v.number() });

/**
 * Cuts a file out of assets packed by Emscripten; the loader script beside them says where it lies.
 * @throws SemblanceError `model-invalid`
 */
export function packedFile(assets: Uint8Array, loader: string, name: string): Uint8Array {
  for (const [entry] of loader.matchAll(/\{"filename":[^{}]*\}/g)) {
    const { filename, start, end } = v.parse(fileSchema, JSON.parse(entry));
    if (filename.endsWith(`/${name}`) && start < end && end <= assets.length)
      return assets.subarray(start, end);
  }
  throw new SemblanceError(
    'model-invalid',
    `The packed assets hold no ${name}. Run npm ci to install them again.`,
  );
}
