import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  type Camera,
  panned,
  toMap,
  toScreen,
  wholeMap,
  zoomed,
} from '../../../src-renderer/map/camera.ts';
import { densityOf, paintDensity } from '../../../src-renderer/map/density.ts';
import { isInside, pointsInside } from '../../../src-renderer/map/lasso.ts';
import { levelOf, pictureSize, Representatives } from '../../../src-renderer/map/representatives.ts';
import { SpatialGrid } from '../../../src-renderer/map/spatial-grid.ts';

const screen = { width: 900, height: 600 };
const within = fc.double({ min: -1, max: 1, noNaN: true });
const place = fc.record({ x: within, y: within });
const places = fc.array(place, { maxLength: 200 });
const cameras = fc.record({ x: within, y: within, scale: fc.double({ min: 50, max: 50_000, noNaN: true }) });

function gridOf(points: readonly { x: number; y: number }[]): SpatialGrid {
  return new SpatialGrid(
    Float32Array.from(points, ({ x }) => x),
    Float32Array.from(points, ({ y }) => y),
  );
}

/** As the grid holds them. */
function placesOf({ xs, ys }: SpatialGrid): { x: number; y: number }[] {
  return Array.from(xs, (x, i) => ({ x, y: ys[i] }));
}

describe('the camera of the map', () => {
  it('goes from the map to the screen and back', () => {
    fc.assert(
      fc.property(cameras, place, (camera, point) => {
        const { x, y } = toMap(camera, screen, toScreen(camera, screen, point));
        expect(x).toBeCloseTo(point.x, 6);
        expect(y).toBeCloseTo(point.y, 6);
      }),
    );
  });

  it('shows the whole map at first', () => {
    const { left, top, right, bottom } = boundsOf(wholeMap(screen), screen);
    expect(Math.max(left, top)).toBeLessThan(-1);
    expect(Math.min(right, bottom)).toBeGreaterThan(1);
  });

  it('keeps the place under the pointer where it is, when it zooms', () => {
    const camera: Camera = { x: 0.1, y: -0.2, scale: 700 };
    const pixel = { x: 300, y: 450 };
    const before = toMap(camera, screen, pixel);
    const after = toMap(zoomed(camera, screen, 1.7, pixel), screen, pixel);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
  });

  it('never leaves the map, and zooms within bounds', () => {
    let camera = panned(wholeMap(screen), 100_000, -100_000);
    expect(camera).toMatchObject({ x: -1, y: 1 });
    for (let i = 0; i < 200; i++) camera = zoomed(camera, screen, 1.5);
    expect(camera.scale).toBeCloseTo(600 * wholeMap(screen).scale);
    for (let i = 0; i < 200; i++) camera = zoomed(camera, screen, 0.5);
    expect(camera.scale).toBeCloseTo(0.6 * wholeMap(screen).scale);
  });
});

describe('points by where they lie', () => {
  it('are found within bounds as by looking at each', () => {
    fc.assert(
      fc.property(places, cameras, (points, camera) => {
        const grid = gridOf(points);
        const bounds = boundsOf(camera, screen);
        const expected = placesOf(grid).flatMap(({ x, y }, i) =>
          x >= bounds.left && x <= bounds.right && y >= bounds.top && y <= bounds.bottom ? [i] : [],
        );
        expect([...grid.within(bounds)].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  it('tell the nearest of them as by looking at each', () => {
    fc.assert(
      fc.property(places, place, fc.double({ min: 0, max: 3, noNaN: true }), (points, from, limit) => {
        const grid = gridOf(points);
        const distances = placesOf(grid).map(({ x, y }) => Math.hypot(x - from.x, y - from.y));
        const least = Math.min(...distances);
        const expected = least <= limit ? distances.indexOf(least) : null;
        const nearest = grid.nearest(from, limit);
        expect(nearest === null ? null : distances[nearest]).toBe(expected === null ? null : least);
        expect(grid.nearest(from) === null).toBe(points.length === 0);
      }),
    );
  });
});

describe('a line drawn around photos', () => {
  it('holds what is inside, also where it bends inwards', () => {
    const horseshoe = [
      { x: -1, y: -1 },
      { x: 1, y: -1 },
      { x: 1, y: 1 },
      { x: 0.5, y: 1 },
      { x: 0.5, y: -0.5 },
      { x: -0.5, y: -0.5 },
      { x: -0.5, y: 1 },
      { x: -1, y: 1 },
    ];
    expect(isInside(horseshoe, { x: 0, y: -0.75 })).toBe(true);
    expect(isInside(horseshoe, { x: 0, y: 0 })).toBe(false);
    expect(isInside(horseshoe, { x: 0.75, y: 0.9 })).toBe(true);
    const grid = gridOf([
      { x: 0, y: 0 },
      { x: 0.75, y: 0.9 },
      { x: 0, y: -0.75 },
    ]);
    expect(pointsInside(grid, horseshoe)).toEqual([1, 2]);
    expect(pointsInside(grid, horseshoe.slice(0, 2))).toEqual([]);
  });

  it('finds the same points with the grid as without it', () => {
    // Apart by more than rounding, by which a corner may hold what lies beside it.
    const step = fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8);
    const apart = fc.record({ x: step, y: step });
    const line = fc.array(apart, { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(apart, { maxLength: 200 }), line, (points, polygon) => {
        const grid = gridOf(points);
        const expected = placesOf(grid).flatMap((point, i) => (isInside(polygon, point) ? [i] : []));
        expect(pointsInside(grid, polygon)).toEqual(expected);
      }),
    );
  });
});

describe('the density of the map', () => {
  it('adds up to the photos in sight', () => {
    fc.assert(
      fc.property(places, cameras, (points, camera) => {
        const grid = gridOf(points);
        const visible = grid.within(boundsOf(camera, screen));
        const { values } = densityOf(grid, visible, camera, screen);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(sum).toBeCloseTo(visible.length, 1);
      }),
      { numRuns: 25 },
    );
  });

  it('is painted from nothing to opaque', () => {
    const density = { columns: 3, rows: 1, values: Float32Array.of(0, 1, 8) };
    const pixels = new Uint8ClampedArray(12).fill(7);
    paintDensity(density, pixels, 8);
    expect([...pixels.subarray(0, 3)]).toEqual([7, 7, 7]);
    expect([pixels[3], pixels[11]]).toEqual([0, 255]);
    expect(pixels[7]).toBeGreaterThan(100);
    expect(pixels[7]).toBeLessThan(255);
  });
});

describe('the photos that are shown as pictures', () => {
  it('never lie over each other, and leave no room for another', () => {
    fc.assert(
      fc.property(places, cameras, (points, { scale }) => {
        const grid = gridOf(points);
        const level = levelOf(scale);
        const representatives = new Representatives(grid, level);
        while (!representatives.isComplete) representatives.advance(7);
        const chosen = [...representatives.points];
        const size = pictureSize(scale, level);
        const overlaps = (a: number, b: number, side: number): boolean =>
          Math.abs(grid.xs[a] - grid.xs[b]) * scale < side &&
          Math.abs(grid.ys[a] - grid.ys[b]) * scale < side;
        for (const [n, a] of chosen.entries()) {
          for (const b of chosen.slice(n + 1)) expect(overlaps(a, b, size)).toBe(false);
        }
        const left = [...grid.xs.keys()].filter((i) => !chosen.includes(i));
        // Their room is a little larger than the pictures.
        for (const i of left)
          expect(chosen.some((other) => overlaps(i, other, size / 0.92 + 1e-6))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are the same for all zooms of a level, and grow in between', () => {
    const level = levelOf(1000);
    expect(levelOf(1000 * Math.SQRT2)).toBe(level + 1);
    expect(pictureSize(1000, level)).toBeGreaterThanOrEqual(0.92 * 60 - 1e-9);
    expect(pictureSize(1000, level)).toBeLessThan(0.92 * 60 * Math.SQRT2);
    expect(pictureSize(2000, level)).toBeCloseTo(2 * pictureSize(1000, level));
  });
});
