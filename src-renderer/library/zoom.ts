/** How a picture lies in a frame: the centre of the picture, moved from the centre of the frame, and its scale. */
export interface Size {
  width: number;
  height: number;
}

export interface PictureView {
  /** Pixels of the screen for a pixel of the picture. */
  scale: number;
  /** From the frame's centre to the picture's, in pixels of the screen. */
  x: number;
  y: number;
}

export const mostScale = 16;

/** The largest scale at which all of it is seen, but never enlarged. */
export function fitScale(picture: Size, frame: Size): number {
  return Math.min(1, frame.width / picture.width, frame.height / picture.height);
}

export function fittedView(picture: Size, frame: Size): PictureView {
  return { scale: fitScale(picture, frame), x: 0, y: 0 };
}

/**
 * Another scale, with the same spot of the picture under a point.
 * @param point from the frame's centre
 */
export function zoomedTo(
  view: PictureView,
  wanted: number,
  point: { x: number; y: number },
  picture: Size,
  frame: Size,
): PictureView {
  const scale = Math.min(mostScale, Math.max(fitScale(picture, frame), wanted));
  const factor = scale / view.scale;
  const moved = {
    scale,
    x: point.x - (point.x - view.x) * factor,
    y: point.y - (point.y - view.y) * factor,
  };
  return keptInFrame(moved, picture, frame);
}

/** Moved by so much, as far as there is anything to see. */
export function pannedBy(
  view: PictureView,
  by: { x: number; y: number },
  picture: Size,
  frame: Size,
): PictureView {
  return keptInFrame({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, frame);
}

function keptInFrame({ scale, x, y }: PictureView, picture: Size, frame: Size): PictureView {
  const within = (at: number, length: number, room: number): number => {
    const most = Math.max(0, (length * scale - room) / 2);
    return Math.min(most, Math.max(-most, at));
  };
  return { scale, x: within(x, picture.width, frame.width), y: within(y, picture.height, frame.height) };
}
