/**
 * What each way to improve a ranking is worth: mean average precision before and after, and the milliseconds that it adds.
 * Photos of shared folders, whose subfolders are labels, search among all others of their folder; and near-duplicates, made
 * by the edits of `test/fixtures/photo-edits.ts`, among all shared photos.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
  type Augmentation,
  type Ranking,
  usualAugmentation,
  usualRanking,
} from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { improveRanking } from '../../src-main/engine/ranking.ts';
import { averagePrecision } from '../../src-main/evaluate/average-precision.ts';
import { compareRecipes, type QueryResult } from '../../src-main/evaluate/index.ts';
import type { Hit } from '../../src-main/search/index.ts';
import { photoEdits } from '../fixtures/photo-edits.ts';
import { signed } from './signed.ts';

/** Every which of the shared photos is edited. */
const everyWhich = 16;
/** Photos that search, evenly taken of all that have matches. */
const mostQueries = 400;

export interface Method {
  name: string;
  ranking?: Ranking;
  /** Of the recipe, so that it costs nothing in a search. */
  augmentation?: Augmentation;
}

const { expansion, refinement, diffusion, geometry } = usualRanking;
export const methods: Method[] = [
  { name: 'average expansion, n = 5', ranking: { expansion: { ...expansion, alpha: 0 } } },
  { name: 'α-weighted expansion, n = 5, α = 3', ranking: { expansion } },
  { name: 'refined descriptors, top 400, K = 4', ranking: { refinement } },
  { name: 'diffusion, top 1,000', ranking: { diffusion } },
  { name: 'geometric check, top 50', ranking: { geometry } },
  { name: 'augmentation, n = 5, α = 3', augmentation: usualAugmentation },
];

/** A picture of the library, and what it belongs with. */
interface Labelled {
  contentId: number;
  photoId: number;
  /** null for what only stands in the way. */
  label: string | null;
}

type LabelOf = (photo: { directory: string; name: string; root: string }) => string | null;

async function labelled(engine: Engine, labelOf: LabelOf): Promise<Labelled[]> {
  const roots = new Map((await engine.call('folders', {})).map(({ id, path }) => [id, path]));
  const found = new Map<number, Labelled>();
  for (let offset = 0; ; offset += 1000) {
    const { photos } = await engine.call('photos', { offset, limit: 1000, order: 'path' });
    for (const { id: photoId, directory, name, folderId } of photos) {
      const { id: contentId } = engine.library.photos.contentOf(photoId);
      const label = labelOf({ directory, name, root: roots.get(folderId) ?? '' });
      if (!found.has(contentId)) found.set(contentId, { contentId, photoId, label });
    }
    if (photos.length < 1000) return [...found.values()];
  }
}

interface Measured {
  results: Pick<QueryResult, 'query' | 'averagePrecision'>[];
  /** Mean of what the ranking took. */
  milliseconds: number;
}

async function measure(engine: Engine, pictures: Labelled[], ranking: Ranking): Promise<Measured> {
  const { serving } = engine;
  if (!serving) throw new Error('nothing was indexed');
  const labels = new Map(pictures.map(({ contentId, label }) => [contentId, label]));
  const sizes = new Map<string, number>();
  for (const { label } of pictures) if (label !== null) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const asking = pictures.filter(({ label }) => label !== null && (sizes.get(label) ?? 0) > 1);
  const chosen = asking.filter((_, i) => i % Math.ceil(asking.length / mostQueries) === 0);
  const top = serving.size;
  const measured: Measured = { results: [], milliseconds: 0 };
  for (const { contentId, photoId, label } of chosen) {
    const query = serving.vector(contentId);
    if (!query || label === null) throw new Error('a photo has no descriptor');
    const { hits: plain } = await serving.search(query, top);
    const example = { kind: 'photo', photoId } as const;
    const examples = [{ contentId, weight: 1, descriptor: query }];
    const state = { engine, space: serving, query, examples, pictures: [example], hits: plain, top };
    const { hits, steps } = await improveRanking(state, ranking);
    measured.milliseconds += steps.reduce((sum, each) => sum + each.milliseconds, 0) / chosen.length;
    measured.results.push({
      query: contentId,
      averagePrecision: precisionOf(hits, contentId, (id) => labels.get(id) === label, sizes.get(label) ?? 0),
    });
  }
  return measured;
}

function precisionOf(hits: Hit[], own: number, matches: (id: number) => boolean, size: number): number {
  const ranks: number[] = [];
  hits
    .filter(({ id }) => id !== own)
    .forEach(({ id }, rank) => {
      if (matches(id)) ranks.push(rank);
    });
  return averagePrecision(ranks, size - 1);
}

function row(name: string, plain: Measured, after: Measured): string {
  const mAP = ({ results }: Measured): number =>
    results.reduce((sum, { averagePrecision: each }) => sum + each, 0) / results.length;
  const { difference, interval, better, worse } = compareRecipes(plain.results, after.results);
  const numbers = [mAP(plain).toFixed(3), mAP(after).toFixed(3), signed(difference)];
  const range = `${signed(interval.low)} … ${signed(interval.high)}`;
  return `| ${[name, ...numbers, range, `${better} / ${worse}`, after.milliseconds.toFixed(1)].join(' | ')} |`;
}

/** Indexes folders, and measures each method on what they hold. */
export async function compareMethods(
  title: string,
  folders: string[],
  labelOf: LabelOf,
  chosen: readonly Method[] = methods,
): Promise<void> {
  const libraryPath = mkdtempSync(join(tmpdir(), 'semblance-bench-methods-'));
  const engine = Engine.open({ libraryPath, access: 'write' });
  try {
    for (const path of folders) await engine.call('addFolder', { path });
    await engine.index(engine.library.folders.list()).ended;
    await engine.jobs.idle();
    const pictures = await labelled(engine, labelOf);
    const plain = await measure(engine, pictures, {});
    console.log(`\n### ${title}: ${pictures.length} photos, ${plain.results.length} of them search\n`);
    console.log('| method | mAP before | after | gain | 95 % interval | better / worse | ms added |');
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    const { recipe } = engine;
    for (const { name, ranking = {}, augmentation } of chosen) {
      if (augmentation) {
        await engine.call('retune', { recipe: { ...recipe, augmentation }, mayRead: false });
        await engine.jobs.idle();
      }
      console.log(row(name, plain, await measure(engine, pictures, ranking)));
      if (augmentation) {
        await engine.call('retune', { recipe, mayRead: false });
        await engine.jobs.idle();
      }
    }
  } finally {
    await engine.close();
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

/** Photos of folders whose subfolders are labels. */
export function compareOnCategories(folder: string, chosen?: readonly Method[]): Promise<void> {
  return compareMethods(basename(folder), [folder], ({ directory }) => directory, chosen);
}

function photosIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Every sixteenth photo of some folders is edited; originals and copies belong together among all photos. */
export async function compareOnNearDuplicates(folders: string[], chosen?: readonly Method[]): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), 'semblance-bench-edits-'));
  try {
    const sources = folders.flatMap(photosIn).filter((_, i) => i % everyWhich === 0);
    for (const [place, source] of sources.entries()) {
      mkdirSync(join(made, String(place)));
      for (const [number, { edit }] of photoEdits.entries()) {
        const copy = await edit(readFileSync(source), place * photoEdits.length + number);
        writeFileSync(join(made, String(place), `${number}.jpg`), copy);
      }
    }
    const placeOf = new Map(sources.map((source, place) => [source, String(place)]));
    await compareMethods(
      `near-duplicates, ${sources.length} photos × ${photoEdits.length} edits`,
      [...folders, made],
      ({ root, directory, name }) =>
        resolve(root) === resolve(made) ? directory : (placeOf.get(join(root, directory, name)) ?? null),
      chosen,
    );
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
