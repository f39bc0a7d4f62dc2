/** The geometric check: the first results ordered anew by how many places of theirs fit together with those of the examples. */
import { type Example, weightOf } from '../contract/index.ts';
import { cellsWhere, type LocalFeatures } from '../descriptor/index.ts';
import { type Hit, matchLocally, tellsSamePlaces } from '../search/index.ts';
import type { Engine } from './engine.ts';

export interface GeometryState {
  engine: Engine;
  /** What the query was asked with. */
  examples: readonly Example[];
  /** Best first. */
  hits: readonly Hit[];
  signal?: AbortSignal | undefined;
  /** Told of the order so far, now and then while pictures are looked at. */
  onOrder?: ((hits: Hit[]) => void) | undefined;
}

export interface GeometryOrder {
  hits: Hit[];
  /** Results that fit together with an example so well that it is no chance. */
  agreeing: number;
  /** Results that could not be looked at, and stay where they were. */
  unseen: number;
}

/** Whoever waits is told of the order so often. */
const tellingIntervalMs = 200;

/**
 * Results of which enough places fit together with a wanted example come first, those with most of them ahead. All others
 * stay in their order, because a few places fit together by chance in any two photos; so does a result that cannot be looked
 * at (Philbin, Chum, Isard, Sivic & Zisserman, Object retrieval with large vocabularies and fast spatial matching, CVPR 2007).
 * @throws SemblanceError `cancelled`, or with the reason why an example cannot be read
 */
export async function orderByGeometry(
  state: GeometryState,
  { top }: { top: number },
): Promise<GeometryOrder> {
  const { engine, hits, signal, onOrder } = state;
  const first = hits.slice(0, top);
  const fitting = new Map<number, number>();
  const order = (): Hit[] => [...reordered(first, fitting), ...hits.slice(top)];
  let unseen = 0;
  /** Results that were looked at when the order was told last. */
  let told = -1;
  const telling = setInterval(() => {
    if (!onOrder || fitting.size <= told) return;
    told = fitting.size;
    try {
      onOrder(order());
    } catch {
      // As when the library is being closed: the answer itself will say so.
    }
  }, tellingIntervalMs);
  try {
    const examples = await wantedFeatures(state);
    await engine.localFeatures.each(
      first.map(({ id }) => id),
      (found, place) => {
        if (found) fitting.set(place, fittingPlaces(found, examples));
        else unseen += 1;
      },
      signal,
    );
  } finally {
    clearInterval(telling);
  }
  const agreeing = [...fitting.values()].filter((places) => places > 0).length;
  return { hits: order(), agreeing, unseen };
}

/** What can be said of the check in a line. */
export function geometryNote({ agreeing, unseen }: Omit<GeometryOrder, 'hits'>): string {
  const agreed = agreeing === 1 ? '1 result fits' : `${agreeing} results fit`;
  const left =
    unseen === 0 ? '' : ` ${unseen} could not be looked at and stay where they were; their files are away.`;
  return `${agreed} together with the query place by place.${left}`;
}

interface WantedFeatures {
  features: LocalFeatures;
  weight: number;
}

async function wantedFeatures({ engine, examples }: GeometryState): Promise<WantedFeatures[]> {
  const wanted = examples.filter((example) => weightOf(example) > 0);
  const found = await Promise.all(
    wanted.map(async (example) => {
      const features = await featuresOf(engine, example);
      return features ? [{ features, weight: weightOf(example) }] : [];
    }),
  );
  return found.flat();
}

/** Of the part of an example that counts. */
async function featuresOf(
  { library, localFeatures }: Engine,
  example: Example,
): Promise<LocalFeatures | null> {
  const features =
    example.kind === 'bytes'
      ? await localFeatures.ofBytes(example.bytes, example.name)
      : await localFeatures.of(library.photos.contentOf(example.photoId).id);
  const { crop, ignored = [] } = example;
  if (!features || (!crop && ignored.length === 0)) return features;
  return cellsWhere(
    features,
    (x, y) => (!crop || isInside(crop, x, y)) && !ignored.some((area) => isInside(area, x, y)),
  );
}

type Rectangle = NonNullable<Example['crop']>;

function isInside({ left, top, width, height }: Rectangle, x: number, y: number): boolean {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

/** Places that fit together with the examples, each as its example weighs; 0 where it may be chance. */
function fittingPlaces(found: LocalFeatures, examples: readonly WantedFeatures[]): number {
  return examples.reduce((sum, { features, weight }) => {
    const match = matchLocally(features, found);
    return match && tellsSamePlaces(match) ? sum + weight * match.inliers : sum;
  }, 0);
}

/** Those that were looked at share their places among each other; the rest keep theirs. */
function reordered(hits: readonly Hit[], fitting: ReadonlyMap<number, number>): Hit[] {
  const places = [...fitting.keys()].sort((a, b) => a - b);
  const order = [...places].sort((a, b) => (fitting.get(b) ?? 0) - (fitting.get(a) ?? 0) || a - b);
  const result = [...hits];
  places.forEach((place, i) => (result[place] = hits[order[i]]));
  return result;
}
