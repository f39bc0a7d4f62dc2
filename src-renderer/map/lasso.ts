/** Which points a line drawn around them holds. */
import type { Bounds, Point } from './camera.ts';
import type { SpatialGrid } from './spatial-grid.ts';

/** Whether a place is inside a polygon, by the even–odd rule; its last corner joins the first. */
export function isInside(polygon: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i], polygon[j]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Points inside a polygon, in their order. A line of fewer than three corners holds none. */
export function pointsInside(grid: SpatialGrid, polygon: readonly Point[]): number[] {
  if (polygon.length < 3) return [];
  const near = grid.within(boundsOfPolygon(polygon));
  return [...near.filter((i) => isInside(polygon, { x: grid.xs[i], y: grid.ys[i] }))].sort((a, b) => a - b);
}

function boundsOfPolygon(polygon: readonly Point[]): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of polygon) {
    bounds.left = Math.min(bounds.left, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.right = Math.max(bounds.right, x);
    bounds.bottom = Math.max(bounds.bottom, y);
  }
  return bounds;
}
