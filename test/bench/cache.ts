/**
 * `npm run bench:cache`: how close pooling from the cache comes to pooling of the feature maps themselves, on real
 * photos: at exponents between the nodes of the cache, before reduction photo by photo, and after it in mAP.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import { joinScales } from '../../src-main/descriptor/aggregation.ts';
import { fastExponential } from '../../src-main/descriptor/fast-exponential.ts';
import {
  codeLength,
  encodeStatistics,
  extractionOf,
  RawDescriber,
  type Rows,
  rowsOf,
  transformOf,
} from '../../src-main/descriptor/index.ts';
import { scaleToUnit } from '../../src-main/descriptor/normalisation.ts';
import { activationFloor } from '../../src-main/descriptor/power-means.ts';
import { evaluateRanking, groundTruthOfLabels } from '../../src-main/evaluate/index.ts';
import { fitRecipe } from '../../src-main/learn/index.ts';
import { cosine } from '../../src-main/vision/devices.ts';
import { installedModels, runtimeProduct, type TapMap, Vision } from '../../src-main/vision/index.ts';

const exponents = [1.2, 1.7, 2.5, 3.5, 4.5, 7, 8.5];
/** What is promised: cosines of 99.9 % of photos and of all, and the largest change of mAP. */
const mostCosine = 0.9995;
const everyCosine = 0.998;
const mapChange = 0.001;

const folder = resolve(process.argv[2] ?? '../shared/data/grocery');
if (!existsSync(folder)) {
  console.error(
    `There is no folder ${folder}. Name one whose subfolders are labels: npm run bench:cache -- FOLDER`,
  );
  process.exit(1);
}
const model = installedModels().find(({ info }) => info.name === defaultRecipe.model);
if (!model) throw new Error('no model: npm run backbone');

const pooledBy = (p: number): Recipe => ({
  ...defaultRecipe,
  taps: defaultRecipe.taps.map((tap) => ({ ...tap, pooling: { kind: 'gem', p, learned: false } })),
});
const extraction = extractionOf(defaultRecipe, model.info);
const layout = { scales: extraction.scales.length, taps: extraction.taps };
const describers = exponents.map((p) => new RawDescriber(pooledBy(p), extraction));

/** GeM of a map at every exponent; the logarithm of each activation is taken once. */
function gemOfMap({ map, channels, width, height }: TapMap): Float32Array[] {
  const positions = width * height;
  const logs = new Float64Array(map.length);
  for (let i = 0; i < map.length; i++) logs[i] = Math.log(Math.max(map[i], activationFloor));
  return exponents.map((p) =>
    Float32Array.from({ length: channels }, (_, channel) => {
      let sum = 0;
      for (let i = channel * positions; i < (channel + 1) * positions; i++)
        sum += fastExponential(p * logs[i]);
      return (sum / positions) ** (1 / p);
    }),
  );
}

/** Descriptors before reduction at every exponent, straight from a photo's maps; the default recipe's aggregation. */
function describeMaps(maps: TapMap[][]): Float32Array[] {
  const scales = maps.map((taps) => taps.map(gemOfMap));
  return exponents.map((_, i) => {
    const joined = scales.map((taps) => {
      const parts = taps.map((pooled) => scaleToUnit(pooled[i]));
      return scaleToUnit(Float32Array.from(parts.flatMap((part) => [...part])));
    });
    return scaleToUnit(joinScales(defaultRecipe.aggregation.scales, joined));
  });
}

const verdict = (kept: boolean): string => (kept ? 'kept' : 'MISSED');

const photos = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }, label) =>
    readdirSync(join(folder, name))
      .filter((file) => /\.jpe?g$/i.test(file))
      .map((file) => ({ path: join(folder, name, file), label })),
  );
const vision = await Vision.start({ model, settings: extraction });
const cached: Float32Array[][] = exponents.map(() => []);
const direct: Float32Array[][] = exponents.map(() => []);
const taps = defaultRecipe.taps.map(({ name }) => name);
for (const { path } of photos) {
  const [{ extraction: read }, maps] = await Promise.all([
    vision.extractFile(path, () => false),
    vision.extractMaps(path, taps),
  ]);
  if (!read) throw new Error(`${path} was not read`);
  const code = encodeStatistics(layout, read.powerMeans);
  const fromMaps = describeMaps(maps);
  exponents.forEach((_, i) => {
    cached[i].push(describers[i].describe(code));
    direct[i].push(fromMaps[i]);
  });
}
await vision.close();

const { product, release } = runtimeProduct();
const truth = groundTruthOfLabels(Int32Array.from(photos, ({ label }) => label));

async function meanAveragePrecision(recipe: Recipe, raw: Rows): Promise<number> {
  const fitted = await fitRecipe(
    recipe,
    {
      count: raw.rows,
      ids: photos.map((_, i) => i),
      groups: null,
      describe: () => raw,
      nodeTable: () => {
        throw new Error('nothing is learned here');
      },
      subset: () => {
        throw new Error('nothing is learned here');
      },
    },
    { product },
  );
  const database = await transformOf(recipe, fitted, product)(raw);
  return (await evaluateRanking({ database }, truth, product)).mAP;
}

console.log(`${photos.length} photos, ${codeLength(layout)} bytes each in the cache`);
let allKept = true;
for (const [i, p] of exponents.entries()) {
  const cosines = cached[i].map((each, photo) => cosine(each, direct[i][photo])).sort((a, b) => a - b);
  const least = cosines[0];
  const share = cosines.filter((value) => value >= mostCosine).length / cosines.length;
  const recipe = pooledBy(p);
  const [fromCache, fromMaps] = [
    await meanAveragePrecision(recipe, rowsOf(cached[i])),
    await meanAveragePrecision(recipe, rowsOf(direct[i])),
  ];
  const kept = share >= 0.999 && least >= everyCosine && Math.abs(fromCache - fromMaps) <= mapChange;
  allKept &&= kept;
  console.log(
    `p = ${p}: cosine ≥ ${mostCosine} for ${(100 * share).toFixed(2)} % of photos, least ${least.toFixed(6)}; ` +
      `mAP ${fromMaps.toFixed(4)} from maps, ${fromCache.toFixed(4)} from the cache: ${verdict(kept)}`,
  );
}
await release();
if (!allKept) process.exitCode = 1;
