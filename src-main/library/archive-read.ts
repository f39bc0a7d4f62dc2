/** Reads an exported library. The file may come from anybody: nothing in it is believed before it was looked at. */
import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { Writable } from 'node:stream';
import { BlobReader, type Entry, type FileEntry, ZipReader } from '@zip.js/zip.js';
import { SemblanceError } from '../contract/index.ts';
import type { ArchiveControl } from './archive-control.ts';
import {
  type Manifest,
  manifestName,
  mostManifestBytes,
  noArchive,
  parseManifest,
  partNames,
  type PartName,
} from './archive-manifest.ts';
import { explain } from './database.ts';
import { freeBytesAt } from './disk-room.ts';
import { schemaVersion } from './schema.ts';

/** Left free on the disk when parts are unpacked. */
const spareBytes = 16e6;
const entryNames: readonly string[] = [manifestName, ...partNames];

export class ArchiveReader {
  readonly manifest: Manifest;
  readonly #zip: ZipReader<unknown>;
  readonly #entries: ReadonlyMap<string, FileEntry>;

  private constructor(zip: ZipReader<unknown>, entries: ReadonlyMap<string, FileEntry>, manifest: Manifest) {
    this.#zip = zip;
    this.#entries = entries;
    this.manifest = manifest;
  }

  /** @throws SemblanceError `not-found`, `archive-invalid`, `library-newer` */
  static async open(path: string): Promise<ArchiveReader> {
    const zip = new ZipReader(new BlobReader(await blobOf(path)), {
      // One reading only is right: no bytes before or after, no entry twice, each as its own header says.
      strictness: 'strict',
      checkOverlappingEntry: true,
      useWebWorkers: false,
    });
    try {
      const entries = await entriesOf(zip);
      const manifest = parseManifest(await textOf(entries.get(manifestName)), schemaVersion);
      for (const { name, sizeBytes } of manifest.parts) {
        if (entries.get(name)?.uncompressedSize !== sizeBytes)
          throw noArchive(`${name} is not as long as it should be`);
      }
      if (entries.size !== manifest.parts.length + 1) throw noArchive('it holds more than it says');
      return new ArchiveReader(zip, entries, manifest);
    } catch (error) {
      await zip.close();
      throw asInvalid(error);
    }
  }

  has(name: PartName): boolean {
    return this.manifest.parts.some((part) => part.name === name);
  }

  /**
   * Unpacks a part, and checks that it is what was exported.
   * @param folder on whose disk it is unpacked
   * @throws SemblanceError `archive-invalid`, `disk-full`, `cancelled`
   */
  async unpack(name: PartName, file: string, folder: string, control: ArchiveControl): Promise<void> {
    const part = this.manifest.parts.find((each) => each.name === name);
    const entry = this.#entries.get(name);
    if (!part || !entry) throw noArchive(`it holds no ${name}`);
    if (freeBytesAt(folder) < part.sizeBytes + spareBytes) {
      throw new SemblanceError(
        'disk-full',
        `To import this, ${Math.ceil((part.sizeBytes + spareBytes) / 1e6)} MB have to be free on the disk that holds ${folder}. Free some space and import it again; nothing was changed.`,
        { retryable: true },
      );
    }
    const hash = createHash('sha256');
    const watch = new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, passOn) {
        await control.checkpoint();
        hash.update(chunk);
        passOn.enqueue(chunk);
      },
    });
    const output = Writable.toWeb(createWriteStream(file, { flags: 'wx' })) as WritableStream<Uint8Array>;
    const written = watch.readable.pipeTo(output);
    try {
      await Promise.all([entry.getData(watch.writable), written]);
    } catch (error) {
      await written.catch(() => undefined);
      throw asInvalid(explain(folder, error));
    }
    if (hash.digest('hex') !== part.sha256) throw noArchive(`${name} is not what was exported`);
  }

  close(): Promise<void> {
    return this.#zip.close();
  }
}

async function blobOf(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new SemblanceError('not-found', `There is no file ${path} that could be read. Check the path.`, {
      cause,
    });
  }
}

async function entriesOf(zip: ZipReader<unknown>): Promise<Map<string, FileEntry>> {
  const entries = new Map<string, FileEntry>();
  // One after the other, so that a file with very many is left before they fill the memory.
  for await (const entry of zip.getEntriesGenerator()) {
    if (!isPlain(entry) || entries.has(entry.filename)) {
      throw noArchive('it holds something else than a library');
    }
    entries.set(entry.filename, entry);
  }
  return entries;
}

/** A file that may be there, stored as it is, so that it cannot unpack to more than is in the archive. */
function isPlain(entry: Entry): entry is FileEntry {
  return (
    entryNames.includes(entry.filename) &&
    !entry.directory &&
    !entry.encrypted &&
    entry.compressionMethod === 0 &&
    entry.compressedSize === entry.uncompressedSize
  );
}

async function textOf(entry: FileEntry | undefined): Promise<string> {
  if (!entry) throw noArchive(`it holds no ${manifestName}`);
  if (entry.uncompressedSize > mostManifestBytes) throw noArchive(`${manifestName} is too large`);
  return new TextDecoder().decode(await entry.arrayBuffer());
}

/** What the zip library does not accept is no archive; what is said already stays. */
function asInvalid(error: unknown): unknown {
  if (error instanceof SemblanceError || !(error instanceof Error) || 'errno' in error) return error;
  return noArchive('it is no zip file as Semblance writes them', error);
}
