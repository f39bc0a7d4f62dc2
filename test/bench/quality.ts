/**
 * `npm run bench:quality`: what each step of the pipeline is worth on real photos, and what learning adds. Category
 * search has folders as labels; instance search has each photo's altered copies as matches. Unsupervised fits are the
 * library's own, as in use; whatever learns is measured on 5 folds, by photos that it has not seen. Last comes what each way
 * to improve a ranking is worth; that alone with `-- --methods`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultRecipe, type Recipe } from '../../src-main/contract/index.ts';
import type { MatrixProduct } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { loadCachedSet, photosOf } from '../../src-main/engine/cached-set.ts';
import type { CachedPhotos } from '../../src-main/engine/cached-photos.ts';
import { groupsFor } from '../../src-main/engine/labels.ts';
import {
  describePhotos,
  fittedRecipe,
  heldOutReport,
  qualityBy,
} from '../../src-main/engine/measure-cached.ts';
import {
  compareRecipes,
  evaluateRanking,
  foldsOf,
  groundTruthOfLabels,
  type QueryResult,
  type RankingReport,
} from '../../src-main/evaluate/index.ts';
import { fitGuarded, withoutLearning } from '../../src-main/learn/index.ts';
import { runtimeProduct } from '../../src-main/vision/index.ts';
import { compareOnCategories, compareOnNearDuplicates } from './quality-methods.ts';
import { signed } from './signed.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { methods: { type: 'boolean', default: false } },
});
const sets = positionals.length > 0 ? positionals : ['../shared/data/grocery', '../shared/data/clothing'];
const folds = 5;

const tap = (name: string, p: number): Recipe['taps'][number] => ({
  name,
  pooling: { kind: 'gem', p, learned: false },
  normalise: true,
  weight: 1,
});
const names = defaultRecipe.taps.map(({ name }) => name);
const deepest = names[names.length - 1];
const pca = (whitening: Extract<Recipe['reduction'], { kind: 'pca' }>['whitening']): Recipe['reduction'] => ({
  kind: 'pca',
  dimension: 256,
  whitening,
  shrinkage: 0,
});
const none: Recipe = { ...defaultRecipe, reduction: { kind: 'none' } };

const steps: [string, Recipe][] = [
  ['one tap (s32), one scale, GeM p = 3', { ...none, scales: [1], taps: [tap(deepest, 3)] }],
  ['four taps', { ...none, scales: [1], taps: names.map((name) => tap(name, 3)) }],
  ['three scales, p = 5, 5, 3, 1', none],
  ['PCA to 256', { ...none, reduction: pca({ kind: 'none' }) }],
  ['half whitening, ε = 0.02 (default)', defaultRecipe],
  ['full whitening, ε = 0', { ...none, reduction: pca({ kind: 'regularised', epsilon: 0 }) }],
];

/** What learning chooses among, inside the training folds. */
const candidates: Recipe['reduction'][] = [
  { kind: 'learned-whitening', dimension: 96, regularisation: 0.1 },
  { kind: 'learned-whitening', dimension: 128, regularisation: 0.3 },
  { kind: 'learned-whitening', dimension: 256, regularisation: 1 },
];

/** What a table row says of a ranking. */
type Means = Pick<RankingReport, 'mAP' | 'precisionAt1' | 'precisionAt10'>;
type Row = [string, Means, Means];

async function bench(folder: string): Promise<void> {
  const libraryPath = mkdtempSync(join(tmpdir(), 'semblance-bench-quality-'));
  const engine = Engine.open({ libraryPath, access: 'write' });
  const { product, release } = runtimeProduct();
  try {
    const added = await engine.call('addFolder', { path: folder });
    await engine.index([added]).ended;
    await engine.call('makePairs', {});
    await engine.jobs.idle();
    const serving = engine.serving;
    if (!serving) throw new Error('nothing was indexed');
    const { extractionKey } = serving.generation;
    const load = (by: 'folder' | 'pairs'): CachedPhotos =>
      photosOf(
        loadCachedSet(
          { libraryPath, extractionKey, groups: groupsFor(engine.library, by, extractionKey) },
          Infinity,
        ),
        defaultRecipe,
        new Map(),
      );
    const [categories, instances] = [load('folder'), load('pairs')];

    const rows: Row[] = [];
    for (const [name, recipe] of steps) {
      const measured = (photos: CachedPhotos) =>
        heldOutReport(photos.with(recipe), { recipe, folds: 0 }, product);
      rows.push([name, await measured(categories), await measured(instances)]);
    }
    const plain = await heldOut(categories, instances, [], 'folders', product);
    const fromFolders = await heldOut(categories, instances, candidates, 'folders', product);
    const fromPairs = await heldOut(categories, instances, candidates, 'pairs', product);
    const heldOutRow = (name: string, { amongAll, instances: pairs }: HeldOut): Row => [
      name,
      meansOf(amongAll),
      meansOf(pairs),
    ];
    console.log(`\n### ${basename(folder)}: ${categories.count} photos\n`);
    print(rows);
    console.log(
      `\nLearned, ${folds} folds: queries that neither fit nor choice has seen, among all photos\n`,
    );
    print(
      [
        heldOutRow('default, fitted in the folds', plain),
        heldOutRow('learned from self-made pairs', fromPairs),
        heldOutRow('learned from folders', fromFolders),
      ],
      'first',
    );
    console.log('');
    printLearned('folders', plain, fromFolders);
    printLearned('pairs', plain, fromPairs);
  } finally {
    await release();
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

/** @param against which row each is compared with */
function print(rows: Row[], against: 'previous' | 'first' = 'previous'): void {
  console.log('| step | category mAP | gain | P@1 | P@10 | instance mAP | gain | P@1 | P@10 |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  rows.forEach(([name, category, instance], i) => {
    const before = i === 0 ? null : rows[against === 'first' ? 0 : i - 1];
    console.log(`| ${name} | ${columns(category, before?.[1])} | ${columns(instance, before?.[2])} |`);
  });
}

function columns({ mAP, precisionAt1, precisionAt10 }: Means, before: Means | undefined): string {
  const gain = before ? signed(mAP - before.mAP) : '';
  return `${mAP.toFixed(3)} | ${gain} | ${precisionAt1.toFixed(3)} | ${precisionAt10.toFixed(3)}`;
}

function meansOf(results: QueryResult[]): Means {
  const mean = (value: (each: QueryResult) => number): number =>
    results.reduce((sum, each) => sum + value(each), 0) / results.length;
  return {
    mAP: mean(({ averagePrecision }) => averagePrecision),
    precisionAt1: mean(({ precisionAt1 }) => precisionAt1),
    precisionAt10: mean(({ precisionAt10 }) => precisionAt10),
  };
}

/** Results of the held-out photos as queries. */
interface HeldOut {
  /** By folders, among all photos, and among the held-out ones alone. */
  amongAll: QueryResult[];
  amongHeldOut: QueryResult[];
  /** For their altered copies, among all photos and copies. */
  instances: QueryResult[];
  chosen: string[];
}

/** For each fold: chooses and fits on the others, and lets the fold's photos search. */
async function heldOut(
  categories: CachedPhotos,
  instances: CachedPhotos,
  reductions: Recipe['reduction'][],
  from: 'folders' | 'pairs',
  product: MatrixProduct,
): Promise<HeldOut> {
  const dealt = foldsOf(categories.groups, folds, 1);
  const foldOf = new Map(Array.from(categories.ids, (id, row) => [id, dealt[row]]));
  const result: HeldOut = { amongAll: [], amongHeldOut: [], instances: [], chosen: [] };
  const truth = groundTruthOfLabels(categories.groups);
  const copies = groundTruthOfLabels(instances.groups);
  for (let fold = 0; fold < folds; fold++) {
    const source = from === 'folders' ? categories : instances;
    const train = source.subset(rowsWhere(source, (id) => foldOf.get(id) !== fold));
    const recipe = await chosen(train, reductions, from, product);
    result.chosen.push(recipe.reduction.kind === 'pca' ? 'default' : JSON.stringify(recipe.reduction));
    const fit = await fittedRecipe(recipe, train.with(recipe), { product });
    const database = await describePhotos(fit, categories, product);
    const held = rowsWhere(categories, (id) => foldOf.get(id) === fold);
    const asking = new Set(held);
    const all = await evaluateRanking(
      { database },
      truth.filter(({ query }) => asking.has(query)),
      product,
    );
    result.amongAll.push(...all.perQuery);
    const copiesHeld = new Set(rowsWhere(instances, (id) => foldOf.get(id) === fold));
    const near = await evaluateRanking(
      { database: await describePhotos(fit, instances, product) },
      copies.filter(({ query }) => copiesHeld.has(query)),
      product,
    );
    result.instances.push(...near.perQuery);
    const groups = held.map((row) => categories.groups[row]);
    const alone = await describePhotos(fit, categories.subset(held), product);
    const among = await evaluateRanking({ database: alone }, groundTruthOfLabels(groups), product);
    result.amongHeldOut.push(...among.perQuery.map((each) => ({ ...each, query: held[each.query] })));
  }
  return result;
}

function rowsWhere({ ids }: CachedPhotos, wanted: (id: number) => boolean): number[] {
  return [...ids.keys()].filter((row) => wanted(ids[row]));
}

/** The recipe that is best on held-out training photos; the default where none beats it. */
async function chosen(
  train: CachedPhotos,
  reductions: Recipe['reduction'][],
  from: 'folders' | 'pairs',
  product: MatrixProduct,
): Promise<Recipe> {
  let best: { recipe: Recipe; gain: number } = { recipe: defaultRecipe, gain: 0 };
  for (const reduction of reductions) {
    const recipe: Recipe = { ...defaultRecipe, reduction, learning: { ...defaultRecipe.learning, from } };
    const base = { ...withoutLearning(recipe), reduction: defaultRecipe.reduction };
    const { before, after } = await fitGuarded(
      recipe,
      train.with(recipe),
      train.with(base),
      qualityBy(product),
      { product },
    );
    if (after - before > best.gain) best = { recipe, gain: after - before };
  }
  return best.recipe;
}

function printLearned(from: string, plain: HeldOut, learned: HeldOut): void {
  const said = (which: 'amongAll' | 'amongHeldOut', where: string): void => {
    const { difference, interval, better, worse } = compareRecipes(plain[which], learned[which]);
    const [before, after] = [meansOf(plain[which]), meansOf(learned[which])];
    console.log(
      `- from ${from}, ${where}: mAP ${before.mAP.toFixed(3)} → ${after.mAP.toFixed(3)}, ` +
        `P@1 ${before.precisionAt1.toFixed(3)} → ${after.precisionAt1.toFixed(3)}; ` +
        `difference ${signed(difference)}, 95 % interval ${signed(interval.low)} … ${signed(interval.high)} (${better} queries better, ${worse} worse)`,
    );
  };
  said('amongAll', 'among all photos');
  said('amongHeldOut', 'among held-out photos only');
  console.log(`  chosen in the folds: ${[...new Set(learned.chosen)].join(', ')}`);
}

const folders = sets.map((set) => resolve(set));
const missing = folders.filter((folder) => !existsSync(folder));
for (const folder of missing) {
  console.error(
    `There is no folder ${folder}. Name folders whose subfolders are labels: npm run bench:quality -- FOLDER…`,
  );
  process.exitCode = 1;
}
const there = folders.filter((folder) => !missing.includes(folder));
if (!options.methods) for (const folder of there) await bench(folder);
for (const folder of there) await compareOnCategories(folder);
if (there.length > 0) await compareOnNearDuplicates(there);
