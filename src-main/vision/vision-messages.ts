/** What Vision and its worker threads say to each other. */
import type { ErrorReport } from '../contract/index.ts';

export interface ExtractionSettings {
  /** Length in pixels of the longer side at scale 1. */
  longerSide: number;
  /** Factors on it. */
  scales: number[];
  /** Names of the taps, in the order of the power means. */
  taps: string[];
}

export interface Extraction {
  /** Size as seen, that is after EXIF orientation. */
  width: number;
  height: number;
  format: string;
  /** Of `thumbnailMediaType`. */
  thumbnail: Uint8Array;
  /** As `PowerMeanLayout` says. */
  powerMeans: Float32Array;
}

export interface FileReading {
  /** SHA-256, hexadecimal. */
  contentHash: string;
  sizeBytes: number;
  modifiedAtMs: number;
  /** null when the content was known already. */
  extraction: Extraction | null;
}

export interface WorkerSetting {
  graphPath: string;
  settings: ExtractionSettings;
  threads: number;
}

export type WorkerRequest =
  | { kind: 'file'; id: number; path: string }
  | { kind: 'bytes'; id: number; bytes: Uint8Array; name: string }
  /** Answers `hashed`. */
  | { kind: 'known'; id: number; known: boolean };

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'failed'; error: ErrorReport }
  | { kind: 'hashed'; id: number; contentHash: string }
  | { kind: 'file'; id: number; reading: FileReading }
  | { kind: 'bytes'; id: number; extraction: Extraction }
  | { kind: 'error'; id: number; error: ErrorReport };
