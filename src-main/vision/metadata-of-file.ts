/** What a file tells of its photo, read for its own sake. */
import { photoFormat } from './photo-format.ts';
import { type FileMetadata, photoMetadata } from './photo-metadata.ts';
import { readPhotoFile } from './read-file.ts';

export interface MetadataOfFile {
  sizeBytes: number;
  modifiedAtMs: number;
  metadata: FileMetadata;
}

/** @throws SemblanceError with the reason why the file cannot be read, or `not-a-photo` */
export async function metadataOfFile(path: string): Promise<MetadataOfFile> {
  const { bytes, modifiedAtMs } = await readPhotoFile(path);
  const metadata = await photoMetadata(bytes, await photoFormat(bytes, path));
  return { sizeBytes: bytes.length, modifiedAtMs, metadata };
}
