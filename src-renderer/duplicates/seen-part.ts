/** What part of two pictures is looked at: the same of both, whatever their sizes. */

const mostZoom = 16;
/** Of one press or turn. */
export const zoomStep = 1.4;

/** In widths and heights of the frame, from its middle. */
export interface Place {
  x: number;
  y: number;
}

/** How much a picture that fills its frame is enlarged, and where its middle is then. */
export interface SeenPart extends Place {
  zoom: number;
}

export const wholePicture: SeenPart = { zoom: 1, x: 0, y: 0 };

/** @param at what stays where it is; the middle by default */
export function zoomed(part: SeenPart, factor: number, at: Place = wholePicture): SeenPart {
  const zoom = Math.min(mostZoom, Math.max(1, part.zoom * factor));
  const closer = zoom / part.zoom;
  return within({ zoom, x: at.x - (at.x - part.x) * closer, y: at.y - (at.y - part.y) * closer });
}

export function moved({ zoom, x, y }: SeenPart, by: Place): SeenPart {
  return within({ zoom, x: x + by.x, y: y + by.y });
}

/** As CSS says it. */
export function transformOf({ zoom, x, y }: SeenPart): string {
  return `translate(${100 * x}%, ${100 * y}%) scale(${zoom})`;
}

/** So that nothing but the pictures is looked at. */
function within({ zoom, x, y }: SeenPart): SeenPart {
  const most = (zoom - 1) / 2;
  const kept = (offset: number): number => Math.min(most, Math.max(-most, offset));
  return { zoom, x: kept(x), y: kept(y) };
}
