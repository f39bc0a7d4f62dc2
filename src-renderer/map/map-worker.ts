/** Draws the map away from the page's own thread, at most once a frame and only when something has changed. */
import { MapPainter, type MapMarks } from './map-painter.ts';
import type { MapColours, MapDrawn, MapScene, ToMapWorker } from './messages.ts';
import { SpatialGrid } from './spatial-grid.ts';
import { ThumbnailStore } from './thumbnail-store.ts';

let painter: MapPainter | null = null;
let grid: SpatialGrid | null = null;
let photoIds: Uint32Array = new Uint32Array(0);
let scene: MapScene | null = null;
let colours: MapColours | null = null;
let marks: MapMarks = { selected: new Uint8Array(0), focused: -1 };
let isDue = false;
let shownAs: MapDrawn['as'] | null = null;

const thumbnails = new ThumbnailStore(draw);

function draw(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    if (!painter || !grid || !scene || !colours) return;
    const as = painter.paint(scene, grid, photoIds, colours, marks);
    if (painter.isUnfinished) draw();
    if (as === shownAs) return;
    shownAs = as;
    postMessage({ as } satisfies MapDrawn);
  });
}

addEventListener('message', ({ data }: MessageEvent<ToMapWorker>) => {
  switch (data.kind) {
    case 'canvas':
      painter = new MapPainter(data.canvas, thumbnails);
      break;
    case 'points':
      photoIds = data.photoIds;
      grid = new SpatialGrid(data.xs, data.ys);
      break;
    case 'scene':
      scene = data.scene;
      break;
    case 'colours':
      colours = data.colours;
      break;
    case 'marks':
      marks = data;
      break;
  }
  draw();
});
