/** What the page and the worker that draws the map tell each other. */
import type { Camera, ScreenSize } from './camera.ts';
import type { Colour } from './density.ts';

export interface MapColours {
  ground: Colour;
  accent: Colour;
  quiet: Colour;
  text: Colour;
}

/** What is seen of the map. */
export interface MapScene {
  camera: Camera;
  screen: ScreenSize;
  /** Pixels of the device to a CSS pixel. */
  ratio: number;
}

export type ToMapWorker =
  | { kind: 'canvas'; canvas: OffscreenCanvas }
  | { kind: 'points'; photoIds: Uint32Array; xs: Float32Array; ys: Float32Array }
  | { kind: 'scene'; scene: MapScene }
  | { kind: 'colours'; colours: MapColours }
  /** @param selected 1 for each selected point; focused is the point that the keyboard is at, −1 for none */
  | { kind: 'marks'; selected: Uint8Array; focused: number };

/** How the photos in sight are shown; told when it changes. */
export interface MapDrawn {
  as: 'density' | 'pictures';
}
