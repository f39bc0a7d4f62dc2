/**
 * `npm run bench:duplicates`: whether near-duplicates are found, and nothing else is. Every fourth clothing photo, from the
 * first on or from another one, is edited in eight ways; the copies are looked for among all shared photos. Pairs come from the graph of nearest neighbours, those of
 * which too few places fit together are dropped, and the rest is grouped by minimax linkage.
 *
 *     npm run bench:duplicates -- [--work FOLDER] [--threshold 0.4] [--first 0]
 *
 * A work folder that is named is kept: the next run reads no photo again.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LocalFeatures } from '../../src-main/descriptor/index.ts';
import { orderByGeometry } from '../../src-main/engine/geometric-ranking.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { neighbourGraph } from '../../src-main/engine/neighbours.ts';
import { groupsOf, isSamePicture, matchLocally, type ScoredPair } from '../../src-main/search/index.ts';
import { photoEdits } from '../fixtures/photo-edits.ts';
import knownDuplicates from '../fixtures/known-duplicates.json' with { type: 'json' };

const { values: options } = parseArgs({
  options: {
    work: { type: 'string' },
    threshold: { type: 'string', default: '0.4' },
    first: { type: 'string', default: '0' },
  },
});
const threshold = Number(options.threshold);
const data = resolve('../shared/data');
const [clothing, grocery] = [join(data, 'clothing'), join(data, 'grocery')];
const everyWhich = 4;
const [checkedResults, timedQueries] = [50, 10];
const targets = { recall: 0.9, precision: 0.98 };

/** What stands between the name of an edited photo and the number of its edit. */
const editMark = '--edit-';

function photosIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort();
}

/** Photos that were edited, by their names without endings. */
const sources = photosIn(clothing).filter((_, i) => i % everyWhich === Number(options.first));

async function makeEdits(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  for (const [place, source] of sources.entries()) {
    const photo = readFileSync(join(clothing, source));
    for (const [number, { edit }] of photoEdits.entries()) {
      const name = `${nameOf(source)}${editMark}${number}.jpg`;
      const seed = everyWhich * place * photoEdits.length + number;
      writeFileSync(join(folder, name), await edit(photo, seed));
    }
  }
}

/** A file's name without folder and ending. */
function nameOf(file: string): string {
  return basename(file).replace(/\.[a-z]+$/i, '');
}

interface Picture {
  /** Name of the photo that it is, or that it was made of. */
  source: string;
  /** Place in the list of edits; null for photos as they are. */
  edit: number | null;
}

function pictureOf(path: string): Picture {
  const [source, ...edits] = nameOf(path).split(editMark);
  return { source, edit: edits.length === 0 ? null : Number(edits[0]) };
}

/** Photos that show the same, by the first of their names. */
const sameAs = new Map(knownDuplicates.flatMap((group) => group.map((name) => [name, group[0]] as const)));

function isSame(a: Picture, b: Picture): boolean {
  const [one, other] = [a, b].map(({ source }) => sameAs.get(source) ?? source);
  return one === other;
}

/** Indexes what is not indexed yet, and waits until all neighbours are known. */
async function indexed(libraryPath: string, folders: string[]): Promise<Engine> {
  const engine = Engine.open({ libraryPath, access: 'write' });
  const known = new Set((await engine.call('folders', {})).map(({ path }) => path));
  for (const path of folders) if (!known.has(path)) await engine.call('addFolder', { path });
  await engine.index(engine.library.folders.list()).ended;
  await engine.jobs.idle();
  if (!neighbourGraph(engine).complete) throw new Error('not all neighbours are known');
  return engine;
}

/** How well groups tell pictures of one source from others. */
interface Score {
  recall: number;
  precision: number;
  wrong: [number, number][];
}

function scoreOf(groups: readonly { members: readonly number[] }[], pictures: Map<number, Picture>): Score {
  const groupOf = new Map(groups.flatMap(({ members }, place) => members.map((id) => [id, place] as const)));
  const wrong: [number, number][] = [];
  let pairs = 0;
  for (const { members } of groups) {
    for (const [place, a] of members.entries()) {
      for (const b of members.slice(place + 1)) {
        pairs += 1;
        if (!isSame(picture(pictures, a), picture(pictures, b))) wrong.push([a, b]);
      }
    }
  }
  const wanted = sourceEditPairs(pictures);
  const found = wanted.filter(
    ({ source, edited }) => groupOf.has(source) && groupOf.get(source) === groupOf.get(edited),
  );
  return { recall: found.length / wanted.length, precision: 1 - wrong.length / Math.max(1, pairs), wrong };
}

function picture(pictures: Map<number, Picture>, id: number): Picture {
  const known = pictures.get(id);
  if (known) return known;
  throw new Error(`picture ${id} is of no file`);
}

interface SourceEditPair {
  source: number;
  edited: number;
  edit: number;
}

function sourceEditPairs(pictures: Map<number, Picture>): SourceEditPair[] {
  const originals = new Map(
    [...pictures].flatMap(([id, { source, edit }]) => (edit === null ? [[source, id]] : [])),
  );
  return [...pictures].flatMap(([edited, { source: name, edit }]) => {
    const source = originals.get(name);
    return edit === null || source === undefined ? [] : [{ source, edited, edit }];
  });
}

const keyOf = (a: number, b: number): string => `${Math.min(a, b)} ${Math.max(a, b)}`;

async function bench(work: string): Promise<void> {
  const edits = join(work, 'edits');
  await makeEdits(edits);
  const engine = await indexed(join(work, 'library'), [clothing, grocery, edits]);
  try {
    const pictures = new Map(
      engine.library.photos.paths().map(({ contentId, path }) => [contentId, pictureOf(path)]),
    );
    const pairs = [...neighbourGraph(engine).pairs(threshold)].flat();
    const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
    let startedMs = performance.now();
    const features = await engine.localFeatures.ofAll(ids);
    const featuresMs = performance.now() - startedMs;
    const byId = new Map(ids.map((id, i) => [id, features[i]]));
    startedMs = performance.now();
    const fitting = pairs.flatMap(({ a, b }) => {
      const score = agreementOf(byId.get(a), byId.get(b));
      return score === null ? [] : [{ a, b, score }];
    });
    const matchMs = performance.now() - startedMs;

    console.log(
      `\n${pictures.size} pictures, ${sourceEditPairs(pictures).length} of them edited; ` +
        `${pairs.length} pairs of neighbours above ${threshold}, ${fitting.length} of which fit together.`,
    );
    console.log(
      `Local features: ${(featuresMs / ids.length).toFixed(1)} ms a picture, kept ones among them; ` +
        `a comparison: ${(matchMs / pairs.length).toFixed(2)} ms.\n`,
    );
    console.log('| grouped by | recall | precision | groups |');
    console.log('| --- | --- | --- | --- |');
    const row = (name: string, among: readonly ScoredPair[], least: number): Score => {
      const groups = groupsOf(among, { threshold: least });
      const score = scoreOf(groups, pictures);
      console.log(
        `| ${name} | ${score.recall.toFixed(3)} | ${score.precision.toFixed(3)} | ${groups.length} |`,
      );
      return score;
    };
    for (const least of [0.9, 0.8, 0.7, 0.6, 0.5].filter((each) => each >= threshold)) {
      row(`similarity ≥ ${least} alone`, pairs, least);
    }
    const fit = new Set(fitting.map(({ a, b }) => keyOf(a, b)));
    const similar = pairs.filter(({ a, b }) => fit.has(keyOf(a, b)));
    row(`similarity ≥ ${threshold} and the geometric check, by similarity`, similar, threshold);
    const checked = row(`similarity ≥ ${threshold} and the geometric check, by agreement`, fitting, 0);
    printByEdit(pairs, fitting, pictures);
    printWrong(checked.wrong, engine);
    await timeTop(engine, pictures);
    console.log('');
    printTarget('recall', checked.recall);
    printTarget('precision', checked.precision);
  } finally {
    await engine.close();
  }
}

/** How long the check of a search's first results takes, for photos that were never compared and for those that were. */
async function timeTop(engine: Engine, pictures: Map<number, Picture>): Promise<void> {
  const { library, serving } = engine;
  const queries = sourceEditPairs(pictures)
    .filter(({ edit }) => edit === 0)
    .slice(0, timedQueries);
  const times: { fresh: number[]; kept: number[] } = { fresh: [], kept: [] };
  for (const { source } of queries) {
    const vector = serving?.index.vector(source);
    if (!serving || !vector) throw new Error('a source is not indexed');
    const { hits } = await serving.search(vector, checkedResults);
    const examples = [{ kind: 'photo' as const, photoId: library.photos.withContent(source)[0].id }];
    for (const { id } of hits) library.localFeatures.set(id, 'forgotten', new Uint8Array());
    for (const state of ['fresh', 'kept'] as const) {
      const startedMs = performance.now();
      await orderByGeometry({ engine, examples, hits }, { top: checkedResults });
      times[state].push(performance.now() - startedMs);
    }
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
  console.log(`\nThe first ${checkedResults} of a search, median and worst of ${timedQueries}:`);
  for (const [state, limitMs] of [
    ['fresh', 3000],
    ['kept', 150],
  ] as const) {
    const [middle, worst] = [median(times[state]), Math.max(...times[state])];
    const words = state === 'fresh' ? 'never compared before' : 'from the cache';
    console.log(
      `  ${words}: ${middle.toFixed(0)} ms, ${worst.toFixed(0)} ms; ≤ ${limitMs} ms: ${middle <= limitMs ? 'kept' : 'MISSED'}`,
    );
  }
}

/** How much of the part that two pictures share agrees; null where they are not the same picture. */
function agreementOf(
  a: LocalFeatures | null | undefined,
  b: LocalFeatures | null | undefined,
): number | null {
  const match = a && b && matchLocally(a, b);
  return match && isSamePicture(match) ? match.agreement : null;
}

/** Where each edit gets lost. */
function printByEdit(
  pairs: readonly ScoredPair[],
  fitting: readonly ScoredPair[],
  pictures: Map<number, Picture>,
): void {
  const near = new Set(pairs.map(({ a, b }) => keyOf(a, b)));
  const fit = new Set(fitting.map(({ a, b }) => keyOf(a, b)));
  const groups = groupsOf(fitting, { threshold: 0 });
  const groupOf = new Map(groups.flatMap(({ members }, place) => members.map((id) => [id, place] as const)));
  console.log('\n| edit | pairs | among neighbours | places fit | in one group |');
  console.log('| --- | --- | --- | --- | --- |');
  const all = sourceEditPairs(pictures);
  for (const [number, { name }] of photoEdits.entries()) {
    const own = all.filter(({ edit }) => edit === number);
    const share = (holds: (pair: SourceEditPair) => boolean): string =>
      (own.filter(holds).length / own.length).toFixed(3);
    const isNear = share(({ source, edited }) => near.has(keyOf(source, edited)));
    const isFit = share(({ source, edited }) => fit.has(keyOf(source, edited)));
    const isGrouped = share(
      ({ source, edited }) => groupOf.has(source) && groupOf.get(source) === groupOf.get(edited),
    );
    console.log(`| ${name} | ${own.length} | ${isNear} | ${isFit} | ${isGrouped} |`);
  }
}

/** The photos that were grouped wrongly, so that a person can look at them. */
function printWrong(wrong: readonly [number, number][], { library }: Engine): void {
  const shown = new Set(
    wrong.map((pair) =>
      pair.map((id) => nameOf(library.photos.withContent(id)[0].path).split(editMark)[0]).join(' + '),
    ),
  );
  if (shown.size > 0) console.log(`\nGrouped wrongly: ${[...shown].sort().join(', ')}`);
}

function printTarget(name: keyof typeof targets, value: number): void {
  const isKept = value >= targets[name];
  console.log(`${name} ≥ ${targets[name]}: ${value.toFixed(3)} ${isKept ? 'kept' : 'MISSED'}`);
  if (!isKept) process.exitCode = 1;
}

if (!existsSync(clothing) || !existsSync(grocery)) {
  console.error(`There are no shared photos in ${data}.`);
  process.exitCode = 1;
} else if (options.work === undefined) {
  const work = mkdtempSync(join(tmpdir(), 'semblance-bench-duplicates-'));
  try {
    await bench(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
} else {
  await bench(resolve(options.work));
}
