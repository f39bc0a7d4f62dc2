/**
 * From matched places on two pictures to the transform between them. Random samples propose (RANSAC: Fischler & Bolles
 * 1981), each new best is refined on what agrees with it (LO-RANSAC: Chum, Matas & Kittler 2003). Two matches make a
 * similarity, with or without mirroring; what is refined is affine. Coordinates are any unit that is the same along both
 * axes.
 */
import { randomFrom } from '../descriptor/index.ts';

/** (x, y) ↦ (a·x + b·y + c, d·x + e·y + f). */
export interface AffineTransform {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

/** A place on one picture and its counterpart on the other. */
export interface PlaceMatch {
  x: number;
  y: number;
  otherX: number;
  otherY: number;
}

export interface FitOptions {
  /** How far off a match may be where both pictures have the same size. */
  tolerance: number;
  /** Enlargement from one picture to the other, and its inverse, at most. */
  mostScale: number;
  /** Whether pictures may also be mirrored. */
  mirrored: boolean;
  /** Samples at most; the more agree, the fewer are taken. */
  mostSamples: number;
  seed: number;
}

export interface TransformFit {
  transform: AffineTransform;
  /** Places in the list of the matches that agree with it. */
  inliers: number[];
}

/** Chance with which a sample of two agreeing matches is among those taken. */
const confidence = 0.999;
/** Rounds of refinement; more change nothing. */
const mostRefinements = 4;
/** Fewer agreeing matches than this leave an affine transform to chance. */
const leastForAffine = 6;
/** Of the two axes of an affine transform, how much longer one may be made than the other. */
const mostStretch = 1.5;

/** The transform that most matches agree with; null where not even three do. */
export function fitTransform(matches: readonly PlaceMatch[], options: FitOptions): TransformFit | null {
  if (matches.length < 3) return null;
  const random = randomFrom(options.seed);
  const draw = (): PlaceMatch => matches[Math.floor(random() * matches.length)];
  let best: TransformFit | null = null;
  let needed = options.mostSamples;
  for (let sample = 0; sample < needed; sample++) {
    const [first, second] = [draw(), draw()];
    for (const sign of options.mirrored ? [1, -1] : [1]) {
      const transform = similarityOf(first, second, sign);
      if (!transform || !isPlausible(transform, options)) continue;
      const inliers = agreeing(matches, transform, options.tolerance);
      if (inliers.length <= Math.max(2, best?.inliers.length ?? 0)) continue;
      best = refined(matches, { transform, inliers }, options);
      needed = Math.min(needed, samplesFor(best.inliers.length / matches.length));
    }
  }
  return best;
}

/** How many samples of two it takes until one consists of agreeing matches, with the wanted confidence. */
function samplesFor(share: number): number {
  return share >= 1 ? 1 : Math.ceil(Math.log(1 - confidence) / Math.log(1 - share * share));
}

/** The similarity that takes two places exactly to their counterparts. @param sign −1 for one that mirrors */
function similarityOf(first: PlaceMatch, second: PlaceMatch, sign: number): AffineTransform | null {
  const [dx, dy] = [second.x - first.x, second.y - first.y];
  const [ox, oy] = [second.otherX - first.otherX, second.otherY - first.otherY];
  const length = dx * dx + dy * dy;
  if (length === 0) return null;
  // (ox + i·oy) / (dx ± i·dy): complex numbers turn and scale.
  const a = (ox * dx + sign * oy * dy) / length;
  const d = (oy * dx - sign * ox * dy) / length;
  const [b, e] = [-sign * d, sign * a];
  return {
    a,
    b,
    c: first.otherX - a * first.x - b * first.y,
    d,
    e,
    f: first.otherY - d * first.x - e * first.y,
  };
}

/** Least squares over what agrees, as long as that makes more agree; affine where there is enough to tell. */
function refined(matches: readonly PlaceMatch[], start: TransformFit, options: FitOptions): TransformFit {
  let best = start;
  for (let round = 0; round < mostRefinements; round++) {
    const chosen = best.inliers.map((place) => matches[place]);
    const transform = chosen.length < leastForAffine ? null : leastSquares(chosen);
    if (!transform || !isPlausible(transform, options)) return best;
    const inliers = agreeing(matches, transform, options.tolerance);
    if (inliers.length < best.inliers.length) return best;
    const isSame = inliers.length === best.inliers.length;
    best = { transform, inliers };
    if (isSame) return best;
  }
  return best;
}

/** Matches whose counterpart is near where the transform takes them. */
function agreeing(matches: readonly PlaceMatch[], transform: AffineTransform, tolerance: number): number[] {
  const { a, b, c, d, e, f } = transform;
  // Both places may be off; an error on this picture is one on the other times the enlargement.
  const enlargement = Math.sqrt(Math.abs(a * e - b * d));
  const limit = ((tolerance * (1 + enlargement)) / 2) ** 2;
  const inliers: number[] = [];
  for (let place = 0; place < matches.length; place++) {
    const { x, y, otherX, otherY } = matches[place];
    const [dx, dy] = [a * x + b * y + c - otherX, d * x + e * y + f - otherY];
    if (dx * dx + dy * dy <= limit) inliers.push(place);
  }
  return inliers;
}

function isPlausible({ a, b, d, e }: AffineTransform, { mostScale, mirrored }: FitOptions): boolean {
  const determinant = a * e - b * d;
  if (determinant < 0 && !mirrored) return false;
  // Singular values: the lengths of the two axes of what a circle becomes.
  const sum = Math.hypot(a + e, b - d);
  const difference = Math.hypot(a - e, b + d);
  const [longer, shorter] = [(sum + difference) / 2, Math.abs(sum - difference) / 2];
  return longer <= mostScale && shorter >= 1 / mostScale && longer <= mostStretch * shorter;
}

/** The affine transform with the least sum of squared errors; null where the places lie on a line. */
function leastSquares(matches: readonly PlaceMatch[]): AffineTransform | null {
  const { length } = matches;
  let [mx, my, mu, mv] = [0, 0, 0, 0];
  for (const { x, y, otherX, otherY } of matches) {
    mx += x / length;
    my += y / length;
    mu += otherX / length;
    mv += otherY / length;
  }
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  for (const { x, y, otherX, otherY } of matches) {
    const [dx, dy, du, dv] = [x - mx, y - my, otherX - mu, otherY - mv];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    xu += dx * du;
    yu += dy * du;
    xv += dx * dv;
    yv += dy * dv;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant <= 1e-9 * (xx + yy) ** 2) return null;
  const [a, b] = [(xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant];
  const [d, e] = [(xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant];
  return { a, b, c: mu - a * mx - b * my, d, e, f: mv - d * mx - e * my };
}

/** The transform from the other picture back; null where there is none. */
export function inverted({ a, b, c, d, e, f }: AffineTransform): AffineTransform | null {
  const determinant = a * e - b * d;
  if (determinant === 0) return null;
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return { a: ia, b: ib, c: -ia * c - ib * f, d: id, e: ie, f: -id * c - ie * f };
}
