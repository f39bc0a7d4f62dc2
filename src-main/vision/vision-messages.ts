/** What Vision and its worker threads say to each other. */
import type { ErrorReport, Precision, Rectangle } from '../contract/index.ts';
import type { FeatureMap } from '../descriptor/index.ts';
import type { DecodeLimits } from './decode-limits.ts';
import type { TapRequest } from './onnx/positional-pooling.ts';
import type { FileMetadata } from './photo-metadata.ts';

export interface ExtractionSettings {
  /** Length in pixels of the longer side at scale 1. */
  longerSide: number;
  /** Factors on it. */
  scales: number[];
  /** What is wanted of each tap, in the order of the numbers; a tap may come several times. */
  taps: (TapRequest & {
    /** Where it is not of the model that all others are of. */
    model?: { name: string };
  })[];
}

/** What a worker thread runs of one model. */
export interface NetworkSetting {
  graphPath: string;
  /** What is wanted of it. */
  requests: TapRequest[];
  /** All taps of the model, of which maps may be asked for. */
  mapTaps: string[];
  provider: string;
  precision: Precision;
  /** Whether it takes each photo once, in its largest size, and what it says of that serves every scale. */
  runsOnce: boolean;
}

export interface Extraction {
  /** Size as seen, that is after EXIF orientation. */
  width: number;
  height: number;
  format: string;
  /** Of `jpegMediaType`. */
  thumbnail: Uint8Array;
  /** ThumbHash. */
  placeholder: Uint8Array;
  /** As `PowerMeanLayout` says. */
  powerMeans: Float32Array;
}

export interface FileReading {
  /** SHA-256, hexadecimal. */
  contentHash: string;
  sizeBytes: number;
  modifiedAtMs: number;
  metadata: FileMetadata;
  /** null when the content was known already. */
  extraction: Extraction | null;
}

/** A feature map. */
export type TapMap = FeatureMap;

/** A photo that is not in a file; the name is for messages, and for formats that content does not tell. */
export interface NamedBytes {
  bytes: Uint8Array;
  name: string;
  /** Only this part of it, as if it were a picture of its own. */
  crop?: Rectangle | undefined;
}

/** Of which some areas do not count; they are given in fractions of the whole picture. */
export interface NamedPicture extends NamedBytes {
  ignored?: readonly Rectangle[] | undefined;
}

export interface WorkerSetting {
  longerSide: number;
  scales: number[];
  networks: NetworkSetting[];
  /** Where each of the wanted statistics comes from: which network, and which of its requests. */
  order: { network: number; request: number }[];
  threads: number;
  /** Shared by all workers, for `DecodeBudget`. */
  decodeBudget: SharedArrayBuffer;
  /** Shared by all threads of the process, for `DeviceTurn`. */
  deviceTurn: SharedArrayBuffer;
  limits: DecodeLimits;
}

/** About a photo. */
export type PhotoRequest =
  | { kind: 'file'; id: number; path: string }
  | ({ kind: 'bytes'; id: number } & NamedPicture)
  /** `photo` is a path or a photo; `taps` are places in the network's `mapTaps`. */
  | {
      kind: 'maps';
      id: number;
      photo: string | NamedBytes;
      network: number;
      taps: number[];
      scales: number[];
    }
  /** Answers `hashed`. */
  | { kind: 'known'; id: number; known: boolean };

export type WorkerRequest =
  | PhotoRequest
  /** Ends the worker as soon as its sessions are gone. */
  | { kind: 'close' };

export type WorkerMessage =
  | { kind: 'ready' }
  /** Another device than the processor has failed; the processor goes on. */
  | { kind: 'fell-back'; network: number; detail: string }
  | { kind: 'failed'; error: ErrorReport }
  | { kind: 'hashed'; id: number; contentHash: string }
  | { kind: 'file'; id: number; reading: FileReading }
  | { kind: 'bytes'; id: number; extraction: Extraction }
  | { kind: 'maps'; id: number; maps: TapMap[][] }
  | { kind: 'error'; id: number; error: ErrorReport };
