/** Why a photo was found: its score with a query, parted over both pictures. */
import { setImmediate } from 'node:timers/promises';
import {
  type CommandArguments,
  type Example,
  type ExplainedPart,
  type ExplainedPicture,
  type Explanation,
  type ExplanationAnswers,
  modelOfTap,
  type Recipe,
  SemblanceError,
} from '../contract/index.ts';
import {
  addToGrid,
  commonSize,
  decodeFitted,
  Explainer,
  type Fitted,
  type Grid,
  nothingFitted,
  positionPoolingOf,
  positionsThatCount,
  sharesOfPositions,
  type SplitScore,
} from '../descriptor/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { readPicture } from './picture-file.ts';
import { describeQuery, servingOf } from './query-descriptor.ts';
import { type Picture, type SeenPicture, SeenPictures } from './seen-pictures.ts';
import type { Serving } from './serving.ts';

export function explanationHandlers(engine: Engine): Pick<Handlers, keyof ExplanationAnswers> {
  const pictures = new SeenPictures(engine);
  return { explain: (question) => explain(engine, pictures, question) };
}

/** Scores that differ by more are not of the picture alone. */
const roundingOfScores = 1e-4;

/** What explains scores by the recipe in service, with the whitening that was asked for. */
interface Explaining {
  recipe: Recipe;
  fitted: Fitted;
  explainer: Explainer;
}

/**
 * @throws SemblanceError `empty-library`, `not-found`; `not-available` for a photo on a drive that is away,
 *   of `readPicture`; what is wrong with an example
 */
async function explain(
  engine: Engine,
  pictures: SeenPictures,
  { examples, whitening, photoId }: CommandArguments['explain'],
): Promise<Explanation> {
  const startedMs = performance.now();
  const serving = servingOf(engine);
  const content = engine.library.photos.contentOf(photoId);
  const see = async (picture: Promise<Picture>): Promise<SeenPicture> => pictures.see(await picture, serving);
  // The pictures first: reading them takes longest.
  const [resultSeen, examplesSeen, described] = await Promise.all([
    see(libraryPicture(engine, serving, photoId)),
    Promise.all(examples.map((example) => see(examplePicture(engine, serving, example)))),
    describeQuery(engine, { examples, whitening }, serving),
  ]);
  const { space, vector } = described;
  const found = space.vector(content.id);
  if (!found) {
    throw new SemblanceError('not-found', 'This photo has not been indexed yet. Index its folder again.');
  }
  const explaining = explainingOf(serving, whitening);
  const score = dot(vector, found);
  const result = await explained(explaining, resultSeen, vector, score);
  // The query is the weighted sum of its examples over the length of that sum.
  const length = described.examples.reduce(
    (sum, { descriptor, weight }) => sum + weight * dot(descriptor, vector),
    0,
  );
  const explainedExamples: (PartedScore & { share: number })[] = [];
  for (const [i, { descriptor, weight }] of described.examples.entries()) {
    const factor = weight / length;
    const share = factor * dot(descriptor, found);
    const target = found.map((value) => value * factor);
    explainedExamples.push({ share, ...(await explained(explaining, examplesSeen[i], target, share)) });
  }
  return {
    score,
    approximate:
      explaining.explainer.isApproximate || [result, ...explainedExamples].some(({ hasRest }) => hasRest),
    examples: explainedExamples.map(({ share, heatMap, constant }) => ({ share, heatMap, constant })),
    result: { heatMap: result.heatMap, constant: result.constant, parts: result.parts },
    milliseconds: performance.now() - startedMs,
  };
}

function explainingOf({ generation, extraction }: Serving, epsilon: number | undefined): Explaining {
  const { recipe, encodedFit } = generation;
  const { reduction } = recipe;
  const fitted = encodedFit ? decodeFitted(encodedFit) : nothingFitted;
  const whitened: Recipe =
    epsilon === undefined || reduction.kind !== 'pca'
      ? recipe
      : { ...recipe, reduction: { ...reduction, whitening: { kind: 'regularised', epsilon } } };
  return { recipe, fitted, explainer: new Explainer(whitened, extraction, fitted) };
}

interface PartedScore extends ExplainedPicture {
  parts: ExplainedPart[];
  /** Whether the score holds more than the picture itself, e.g. where similar photos were mixed into its descriptor. */
  hasRest: boolean;
}

/**
 * @param target what the picture's descriptor is compared with
 * @param score what came of that; what of it does not come from the picture is added to the constant
 */
async function explained(
  { recipe, fitted, explainer }: Explaining,
  seen: SeenPicture,
  target: Float32Array,
  score: number,
): Promise<PartedScore> {
  const split = explainer.split(seen.code, target);
  const heatMap = await heatMapOf(recipe, fitted, seen, split);
  const rest = score - split.score;
  const hasRest = Math.abs(rest) > roundingOfScores;
  return {
    heatMap: { columns: heatMap.columns, rows: heatMap.rows, cells: [...heatMap.cells] },
    constant: split.constant + (hasRest ? rest : 0),
    parts: split.parts.map(({ scale, tap, pooled, weights }) => ({
      tap: recipe.taps[tap].name,
      model: modelOfTap(recipe, recipe.taps[tap]),
      scale: recipe.scales[scale],
      share: dot(pooled, weights),
    })),
    hasRest,
  };
}

async function heatMapOf(
  { taps }: Recipe,
  fitted: Fitted,
  { maps, ignored }: SeenPicture,
  { parts }: SplitScore,
): Promise<Grid> {
  const size = commonSize(maps.flat());
  const grid = { ...size, cells: new Float64Array(size.columns * size.rows) };
  for (const { scale, tap, pooled, weights } of parts) {
    const map = maps[scale][tap];
    const pooling = positionPoolingOf(taps[tap].pooling, {
      exponent: fitted.exponents.get(tap),
      attention: fitted.attention.get(tap),
    });
    const counts = positionsThatCount(map.height, map.width, ignored);
    addToGrid(grid, sharesOfPositions(map, pooling, pooled, weights, counts), map);
    // Maps are large, and others wait for the engine.
    await setImmediate();
  }
  return grid;
}

async function examplePicture(engine: Engine, serving: Serving, example: Example): Promise<Picture> {
  if (example.kind === 'bytes') return example;
  const { crop, ignored } = example;
  const { code, ...picture } = await libraryPicture(engine, serving, example.photoId);
  // What is cached is of the whole picture.
  return crop === undefined && ignored === undefined ? { ...picture, code } : { ...picture, crop, ignored };
}

async function libraryPicture(
  { library }: Engine,
  { generation }: Serving,
  photoId: number,
): Promise<Picture> {
  const content = library.photos.contentOf(photoId);
  const { path, name } = library.photos.details(photoId);
  if (library.photos.withContent(content.id).every(({ offline }) => offline)) {
    throw new SemblanceError(
      'not-available',
      `${name} is on a drive that is not there, and the reasons of a match are found in the full picture. Connect the drive, then ask again.`,
      { photo: path, retryable: true },
    );
  }
  const picture = await readPicture(library, content);
  return {
    ...picture,
    hash: content.hash,
    code: library.powerMeans.get(content.id, generation.extractionKey),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
