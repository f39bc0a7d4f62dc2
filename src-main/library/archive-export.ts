/**
 * Writes a library into one zip file: a copy of the catalogue, the thumbnails if they are wanted, and last what the file
 * says of itself. Parts are stored as they are: statistics and pictures get no smaller, and nothing in such a file can
 * unpack to more than it takes.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { ZipWriter } from '@zip.js/zip.js';
import { SemblanceError, systemCodeOf } from '../contract/index.ts';
import type { ArchiveControl } from './archive-control.ts';
import { copyCatalogue, copyThumbnails } from './archive-copy.ts';
import {
  archiveFormat,
  archiveVersion,
  catalogueName,
  type Manifest,
  manifestName,
  type ManifestPart,
  type PartName,
  thumbnailsName,
} from './archive-manifest.ts';
import { withTemporaryFolder } from './archive-place.ts';
import { databaseName, explain } from './database.ts';
import { schemaVersion } from './schema.ts';

export interface ExportRequest {
  libraryPath: string;
  /** The zip file. */
  target: string;
  thumbnails: boolean;
  /** Whether a file of that name may be replaced. */
  replace: boolean;
  /** Of Semblance. */
  appVersion: string;
}

/** Of the entries: the same library makes the same parts. */
const entryDate = new Date(2000, 0, 1);
const chunkBytes = 2 ** 20;

/**
 * Others may use the library meanwhile. There is a whole file in the end, or none.
 * @throws SemblanceError `not-available` where there is a file already, `disk-full`, `cancelled`
 */
export async function exportLibrary(request: ExportRequest, control: ArchiveControl): Promise<Manifest> {
  const { libraryPath, target, replace } = request;
  if (!replace && existsSync(target)) {
    throw new SemblanceError(
      'not-available',
      `There is a file ${target} already. Choose another name, or have it replaced.`,
    );
  }
  try {
    return await withTemporaryFolder(libraryPath, (folder) => exportThrough(folder, request, control));
  } catch (error) {
    throw explain(libraryPath, error);
  }
}

async function exportThrough(
  folder: string,
  { libraryPath, target, thumbnails, appVersion }: ExportRequest,
  control: ArchiveControl,
): Promise<Manifest> {
  const catalogue = join(folder, catalogueName);
  const facts = await copyCatalogue(join(libraryPath, databaseName), catalogue, control);
  const files: [PartName, string][] = [[catalogueName, catalogue]];
  let thumbnailCount = 0;
  if (thumbnails && existsSync(join(libraryPath, thumbnailsName))) {
    const copy = join(folder, thumbnailsName);
    thumbnailCount = await copyThumbnails(join(libraryPath, thumbnailsName), copy, control);
    files.push([thumbnailsName, copy]);
  }
  const about = {
    format: archiveFormat,
    version: archiveVersion,
    appVersion,
    schemaVersion,
    exportedAtMs: Date.now(),
    counts: { ...facts.counts, thumbnails: thumbnailCount },
    folders: facts.folders,
    models: facts.models,
  } as const;
  return writeWhole(target, (temporary) => writeZip(temporary, about, files, control));
}

/** Under a name of its own until it is complete. */
async function writeWhole<Result>(
  target: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const result = await write(temporary);
    renameSync(temporary, target);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asRefusal(dirname(target), error);
  }
}

/** The folder is no library's, so what it refuses is said in other words. */
function asRefusal(folder: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'].includes(code)) return explain(folder, error);
  return new SemblanceError(
    'no-such-folder',
    `No file can be written to ${folder} (${code}). Choose another place.`,
    { cause: error },
  );
}

async function writeZip(
  target: string,
  about: Omit<Manifest, 'parts'>,
  files: readonly [PartName, string][],
  control: ArchiveControl,
): Promise<Manifest> {
  const output = createWriteStream(target, { flags: 'wx', flush: true });
  const zip = new ZipWriter(Writable.toWeb(output) as WritableStream<Uint8Array>, {
    level: 0,
    useWebWorkers: false,
    lastModDate: entryDate,
    extendedTimestamp: false,
  });
  try {
    const parts: ManifestPart[] = [];
    for (const [name, file] of files) {
      control.report({ step: 'Writing the file' });
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const bytes = chunksOf(file, control, (chunk) => {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
      });
      await zip.add(name, Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>);
      parts.push({ name, sizeBytes, sha256: hash.digest('hex') });
      // Its bytes are in the zip file now.
      rmSync(file);
    }
    const manifest = { ...about, parts };
    await zip.add(manifestName, new Blob([JSON.stringify(manifest, null, 2)]).stream());
    await zip.close();
    return manifest;
  } catch (error) {
    output.destroy();
    throw error;
  }
}

async function* chunksOf(
  file: string,
  control: ArchiveControl,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(file, { highWaterMark: chunkBytes });
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    await control.checkpoint();
    onChunk(chunk);
    yield chunk;
  }
}
