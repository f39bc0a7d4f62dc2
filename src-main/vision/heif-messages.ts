/** What `decodeHeif` and its worker thread say to each other. */
import type { ErrorReport } from '../contract/index.ts';

export interface HeifRequest {
  id: number;
  bytes: Uint8Array;
  /** ICC profile of the picture, which is handed on with it. */
  profile: Uint8Array | null;
  maxPixels: number;
}

export type HeifAnswer =
  | { id: number; tiff: Uint8Array<ArrayBuffer> }
  /** `detail` is what the decoder says. */
  | { id: number; detail: string }
  | { id: number; error: ErrorReport };
