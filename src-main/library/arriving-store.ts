/**
 * Pictures and files that come from another library. Pictures come first, with all that was computed of them, as pictures
 * that are in no file: nobody sees them, they go by themselves if nothing comes of it, and a second try finds them there.
 */
import { codeLength, decodeExtraction, extractionKey, layoutOf } from '../descriptor/index.ts';
import { photoProblemCodes } from '../contract/index.ts';
import type { ForeignRow } from './archive-catalogue.ts';
import { noArchive } from './archive-manifest.ts';
import type { Contents } from './contents.ts';
import type { Connection } from './database.ts';
import type { Files } from './files.ts';
import type { FileLocation, Photos } from './photos.ts';
import { Prepared } from './prepared.ts';

/** All that a catalogue from elsewhere says of a picture. */
export interface ArrivingPicture {
  content: ForeignRow<'contents'>;
  fileTags: ForeignRow<'fileTags'>[];
  powerMeans: ForeignRow<'powerMeans'>[];
  variants: ForeignRow<'variants'>[];
  localFeatures: ForeignRow<'localFeatures'>[];
  /** Of the generation that is taken over, or of one that is the same. */
  descriptor: ForeignRow<'descriptors'> | null;
}

export interface ArrivingFolder {
  row: ForeignRow<'folders'>;
  folderId: number;
  /** Whether the folder is there; otherwise the drive that held it may come. */
  isHere: boolean;
}

/** Methods that change something run inside a transaction of the caller's. */
export class ArrivingStore {
  readonly #prepared: Prepared;
  readonly #contents: Contents;
  readonly #photos: Photos;
  readonly #files: Files;
  /** Bytes that a picture's statistics take, by the extraction. */
  readonly #codeLengths = new Map<string, number>();

  constructor(database: Connection, contents: Contents, photos: Photos, files: Files) {
    this.#prepared = new Prepared(database);
    this.#contents = contents;
    this.#photos = photos;
    this.#files = files;
  }

  /** @throws SemblanceError `archive-invalid` */
  addExtraction({ key, description }: ForeignRow<'extractions'>): void {
    const extraction = decodeExtraction(description);
    if (extractionKey(extraction) !== key) throw noArchive('its feature statistics are not what they say');
    this.#prepared
      .get('INSERT OR IGNORE INTO extractions (key, description) VALUES (?, ?)')
      .run(key, description);
  }

  /**
   * Takes a picture in, or what is not known yet of one that is here. Statistics of extractions that this library knows
   * nothing of are left.
   * @param generationId that its descriptor is of
   * @returns the number that it has here, and whether it is new
   * @throws SemblanceError `archive-invalid`
   */
  takePicture(picture: ArrivingPicture, generationId: number | null, nowMs: number) {
    const { content, fileTags, powerMeans, variants, localFeatures, descriptor } = picture;
    const known = this.#contents.withHash(content.hash);
    const contentId = known ?? this.#addContent(content, nowMs);
    if (known === undefined) {
      const addTag = this.#prepared.get('INSERT OR IGNORE INTO fileTags (contentId, tag) VALUES (?, ?)');
      for (const { tag } of fileTags) addTag.run(contentId, tag);
    } else if (content.sharpness !== null) {
      this.#prepared
        .get('UPDATE contents SET sharpness = ? WHERE id = ? AND sharpness IS NULL')
        .run(content.sharpness, contentId);
    }
    for (const { extractionKey: key, data } of powerMeans) {
      if (this.#isWhole(key, data))
        this.#prepared
          .get(
            'INSERT OR IGNORE INTO powerMeans (contentId, extractionKey, data, encoding) VALUES (?, ?, ?, 2)',
          )
          .run(contentId, key, data);
    }
    for (const { extractionKey: key, variant, data } of variants) {
      if (this.#isWhole(key, data))
        this.#prepared
          .get('INSERT OR IGNORE INTO variants (contentId, extractionKey, variant, data) VALUES (?, ?, ?, ?)')
          .run(contentId, key, variant, data);
    }
    for (const { key, data } of localFeatures)
      this.#prepared
        .get(
          `INSERT INTO localFeatures (contentId, key, data)
           SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM localFeatures WHERE contentId = ?)`,
        )
        .run(contentId, key, data, contentId);
    if (descriptor && generationId !== null)
      this.#prepared
        .get('INSERT OR IGNORE INTO descriptors (generationId, contentId, vector) VALUES (?, ?, ?)')
        .run(generationId, contentId, descriptor.vector);
    return { contentId, isNew: known === undefined };
  }

  #addContent(content: ForeignRow<'contents'>, nowMs: number): number {
    const { lastInsertRowid } = this.#prepared
      .get(
        `INSERT INTO contents (hash, width, height, format, metadataVersion, takenAtMs, camera, lens, latitude, longitude,
                               fileRating, sharpness, placeholder, orphanedAtMs)
         VALUES (@hash, @width, @height, @format, @metadataVersion, @takenAtMs, @camera, @lens, @latitude, @longitude,
                 @fileRating, @sharpness, @placeholder, @nowMs)`,
      )
      .run({ ...content, nowMs });
    return Number(lastInsertRowid);
  }

  /** False where the extraction is not known here. @throws SemblanceError `archive-invalid` */
  #isWhole(key: string, data: Uint8Array): boolean {
    let length = this.#codeLengths.get(key);
    if (length === undefined) {
      const row = this.#prepared
        .get<{ description: Buffer }>('SELECT description FROM extractions WHERE key = ?')
        .get(key);
      length = row ? codeLength(layoutOf(decodeExtraction(row.description))) : 0;
      this.#codeLengths.set(key, length);
    }
    if (length !== 0 && data.byteLength !== length) throw noArchive('its feature statistics are not whole');
    return length !== 0;
  }

  /** Forgets pictures that came and are in no file. */
  forget(contentId: number): void {
    this.#prepared
      .get(
        `DELETE FROM contents WHERE id = ? AND orphanedAtMs IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM photos WHERE contentId = contents.id)`,
      )
      .run(contentId);
  }

  /** What was said of a folder there holds here too, besides what is said of it already. */
  describeFolder({ row, folderId, isHere }: ArrivingFolder): void {
    const { patterns, followLinks, volume, pathOnVolume } = row;
    this.#prepared
      .get(
        `UPDATE folders SET patterns = trim(patterns || char(10) || ?, char(10)), followLinks = max(followLinks, ?)
         WHERE id = ?`,
      )
      .run(patterns, followLinks, folderId);
    // By this, a drive is found again wherever it is connected.
    if (!isHere)
      this.#prepared
        .get('UPDATE folders SET volume = ?, pathOnVolume = ? WHERE id = ?')
        .run(volume, pathOnVolume, folderId);
  }

  /**
   * Takes a file in, unless there is one at its place: of that, this library knows itself.
   * @param contentId here; null for a file that could not be read
   * @returns whether it is new
   */
  takeFile(photo: ForeignRow<'photos'>, place: FileLocation, contentId: number | null): boolean {
    if (this.#files.has(place)) return false;
    const { sizeBytes, modifiedAtMs, addedAtMs } = photo;
    const file = { ...place, sizeBytes, modifiedAtMs };
    if (contentId !== null) this.#photos.record(file, contentId, addedAtMs);
    else {
      const code = photoProblemCodes.find((each) => each === photo.problemCode) ?? 'unreadable';
      this.#photos.recordProblem(file, { code, message: photo.problemMessage ?? '' }, addedAtMs);
    }
    return true;
  }
}
