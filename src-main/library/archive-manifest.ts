/** What an archive says of itself, in a file that can be read without unpacking the rest. */
import * as v from 'valibot';
import { SemblanceError } from '../contract/index.ts';

export const archiveFormat = 'semblance library';
export const archiveVersion = 1;

export const manifestName = 'manifest.json';
export const catalogueName = 'catalogue.sqlite';
export const thumbnailsName = 'thumbnails.sqlite';
export const partNames = [catalogueName, thumbnailsName] as const;
export type PartName = (typeof partNames)[number];

/** Files by which a folder is known again. */
export const mostSampledFiles = 12;
/** A larger one is none of ours: it holds a few lines for each folder. */
export const mostManifestBytes = 16e6;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(200));
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(32_767));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const manifestSchema = v.object({
  format: v.literal(archiveFormat),
  version: v.literal(archiveVersion),
  /** Of the Semblance that wrote it. */
  appVersion: text,
  schemaVersion: whole,
  exportedAtMs: whole,
  counts: v.object({
    photos: whole,
    problems: whole,
    /** Different pictures in these. */
    pictures: whole,
    tags: whole,
    ratings: whole,
    kept: whole,
    savedSearches: whole,
    thumbnails: whole,
  }),
  folders: v.pipe(
    v.array(
      v.object({
        path,
        photos: whole,
        sample: v.pipe(
          v.array(
            v.object({ directory: v.pipe(v.string(), v.maxLength(32_767)), name: path, sizeBytes: whole }),
          ),
          v.maxLength(mostSampledFiles),
        ),
      }),
    ),
    v.maxLength(10_000),
  ),
  /** What the photos were read with; models stay where they are. */
  models: v.pipe(v.array(v.object({ name: text, sha256: text })), v.maxLength(100)),
  parts: v.pipe(
    v.array(v.object({ name: v.picklist(partNames), sizeBytes: whole, sha256 })),
    v.minLength(1),
    v.maxLength(partNames.length),
  ),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;
export type ManifestPart = Manifest['parts'][number];

const headSchema = v.object({ format: v.literal(archiveFormat), version: whole, schemaVersion: whole });

/**
 * @param knownSchema the latest schema that this program knows
 * @throws SemblanceError `archive-invalid`, `library-newer`
 */
export function parseManifest(json: string, knownSchema: number): Manifest {
  const value = parsedJson(json);
  const head = v.safeParse(headSchema, value);
  if (!head.success) throw noArchive('it does not say what it is');
  if (head.output.version > archiveVersion || head.output.schemaVersion > knownSchema) {
    throw new SemblanceError(
      'library-newer',
      'This file was exported by a newer Semblance. Update Semblance to import it.',
    );
  }
  const parsed = v.safeParse(manifestSchema, value);
  if (!parsed.success) throw noArchive(`${manifestName} is damaged`);
  const { parts } = parsed.output;
  const isTwice = new Set(parts.map(({ name }) => name)).size < parts.length;
  if (isTwice || parts[0].name !== catalogueName) throw noArchive(`${manifestName} is damaged`);
  return parsed.output;
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** @param why what is wrong with it, in a few words */
export function noArchive(why: string, cause?: unknown): SemblanceError {
  return new SemblanceError(
    'archive-invalid',
    `This is no library that Semblance has exported, or it is damaged: ${why}. Copy or export it again; nothing was changed here.`,
    { cause },
  );
}
