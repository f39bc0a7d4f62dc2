/** Recommended models, and what is known of each: every fact with where it comes from, or null where nobody has looked. */
import * as v from 'valibot';
import { conventions } from './preprocessing.ts';

const text = v.pipe(v.string(), v.nonEmpty());
/** An ONNX file holds no more than this. */
const mostBytes = 2 ** 31 - 1;

/** A fact says how it was verified; one that was not is null. */
const fact = <Value extends v.GenericSchema>(value: Value) =>
  v.nullable(v.strictObject({ value, verified: text }));

const side = v.pipe(v.number(), v.integer(), v.minValue(1));

export const catalogueEntrySchema = v.pipe(
  v.strictObject({
    /** What the model is called once it is installed; a folder's name, too. */
    name: v.pipe(v.string(), v.regex(/^[a-z\d][\w.-]{0,60}$/)),
    title: text,
    /** One sentence. */
    purpose: text,
    /** Who made it, and of what. */
    origin: text,
    licence: fact(text),
    sizeBytes: fact(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostBytes))),
    /** What it expects of pixels; without that nothing can be described. */
    preprocessing: v.strictObject({
      value: v.picklist(Object.keys(conventions) as (keyof typeof conventions)[]),
      verified: text,
    }),
    /** Sizes of pictures that it takes. */
    pictures: fact(v.union([v.literal('any'), v.strictObject({ width: side, height: side })])),
    sha256: fact(v.pipe(v.string(), v.regex(/^[\da-f]{64}$/))),
    address: fact(v.pipe(v.string(), v.check(isFetchable, 'expected an https address'))),
    /** Names of the taps that are taken first; empty for the usual ones. */
    usualTaps: v.array(text),
    /** How to come by the ONNX file where there is no address. */
    howToGet: v.nullable(
      v.strictObject({
        words: text,
        /** Python that writes the file. */
        script: v.nullable(text),
        /** Whether whoever wrote this has run it. */
        wasRun: v.boolean(),
      }),
    ),
  }),
  v.check(
    ({ address, sha256, sizeBytes }) => address === null || (sha256 !== null && sizeBytes !== null),
    'what has an address needs a sha256 and a size',
  ),
  v.check(
    ({ address, howToGet }) => address !== null || howToGet !== null,
    'what has no address needs words on how to get it',
  ),
);

export type CatalogueEntry = v.InferOutput<typeof catalogueEntrySchema>;

/** An entry as it stands on this machine. */
export type CatalogueItem = CatalogueEntry & {
  /** Name of the installed model that came by this entry, or null. */
  installedAs: string | null;
  /** Bytes of a download that was stopped, from which it goes on. */
  keptBytes: number;
};

/** Only over an encrypted connection, or from this machine, as tests do. */
function isFetchable(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
