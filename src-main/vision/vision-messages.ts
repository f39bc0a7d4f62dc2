/** What Vision and its worker threads say to each other. */
import type { ErrorReport, Precision } from '../contract/index.ts';
import type { TapRequest } from './onnx/positional-pooling.ts';

export interface ExtractionSettings {
  /** Length in pixels of the longer side at scale 1. */
  longerSide: number;
  /** Factors on it. */
  scales: number[];
  /** What is wanted of each tap, in the order of the numbers; a tap may come several times. */
  taps: TapRequest[];
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

/** A feature map. */
export interface TapMap {
  /** channels × height × width. */
  map: Float32Array;
  channels: number;
  height: number;
  width: number;
}

/** A photo that is not in a file; the name is for messages, and for formats that content does not tell. */
export interface NamedBytes {
  bytes: Uint8Array;
  name: string;
}

export interface WorkerSetting {
  graphPath: string;
  settings: ExtractionSettings;
  /** All taps of the model, of which maps may be asked for. */
  mapTaps: string[];
  threads: number;
  /** Shared by all workers, for `DecodeBudget`. */
  decodeBudget: SharedArrayBuffer;
  provider: string;
  precision: Precision;
}

export type WorkerRequest =
  | { kind: 'file'; id: number; path: string }
  | ({ kind: 'bytes'; id: number } & NamedBytes)
  /** `photo` is a path or a photo; `taps` are places in `mapTaps`. */
  | { kind: 'maps'; id: number; photo: string | NamedBytes; taps: number[]; scales: number[] }
  /** Answers `hashed`. */
  | { kind: 'known'; id: number; known: boolean };

export type WorkerMessage =
  | { kind: 'ready' }
  /** Another device than the processor has failed; the processor goes on. */
  | { kind: 'fell-back'; detail: string }
  | { kind: 'failed'; error: ErrorReport }
  | { kind: 'hashed'; id: number; contentHash: string }
  | { kind: 'file'; id: number; reading: FileReading }
  | { kind: 'bytes'; id: number; extraction: Extraction }
  | { kind: 'maps'; id: number; maps: TapMap[][] }
  | { kind: 'error'; id: number; error: ErrorReport };
