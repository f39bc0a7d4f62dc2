import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelsLookedAt, type Recipe } from '../../src-main/contract/index.ts';
import { groundTruthOfTags } from '../../src-main/evaluate/index.ts';
import { tagLabels } from '../../src-main/engine/labels.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { type SmallLibrary, smallLibrary } from '../fixtures/small-library.ts';

let small: SmallLibrary;
/** All lie in one folder, so that only tags tell anything. */
let photoIds: number[];

beforeAll(async () => {
  small = await smallLibrary(8, 64);
  const photos = join(small.root, 'photos');
  for (let i = 0; i < 16; i++) await writePhoto(photos, `${String(i).padStart(2, '0')}.png`, i);
  await small.engine.index([await small.engine.call('addFolder', { path: photos })]).ended;
  const { photos: listed } = await small.engine.call('photos', { offset: 0, limit: 20, order: 'path' });
  photoIds = listed.map(({ id }) => id);
}, 180_000);

afterAll(() => small.close());

async function tag(name: string, places: number[]): Promise<void> {
  const photos = { photoIds: places.map((place) => photoIds[place]) };
  await small.engine.call('changeTags', { photos, add: [name], remove: [] });
}

describe('tags as labels', () => {
  it('are refused before there are any that tell something', async () => {
    const { engine } = small;
    await expect(engine.call('evaluate', { by: 'tag' })).rejects.toMatchObject({ code: 'no-ground-truth' });
    await tag('alone', [0]);
    await expect(engine.call('evaluate', { by: 'tag' })).rejects.toThrow(/semblance tag add/);
    await tag('everywhere', [...photoIds.keys()]);
    await expect(engine.call('evaluate', { by: 'tag' })).rejects.toMatchObject({ code: 'no-ground-truth' });
    await engine.call('undoDecision', {});
    await engine.call('undoDecision', {});
  });

  it('measure the search: photos that share one match, and those without any do not ask', async () => {
    const { engine } = small;
    await tag('red', [0, 1, 2, 3]);
    await tag('blue', [3, 4, 5]);
    await tag('green', [6, 7, 8, 9]);
    const report = await engine.call('evaluate', { by: 'tag' });
    expect(report).toMatchObject({ by: 'tag', queries: 10, fit: 'none' });
    // Against what a person would count: the same numbers from all similarities, photo by photo.
    let sum = 0;
    const matches = (a: number, b: number): boolean =>
      [
        [0, 1, 2, 3],
        [3, 4, 5],
        [6, 7, 8, 9],
      ].some((group) => group.includes(a) && group.includes(b));
    for (let place = 0; place < 10; place++) {
      const example = { kind: 'photo' as const, photoId: photoIds[place] };
      const { results } = await engine.call('search', { examples: [example], top: 16 });
      const others = results
        .map(({ photo }) => photoIds.indexOf(photo.id))
        .filter((other) => other !== place);
      sum += Number(matches(place, others[0]));
    }
    expect(report.precisionAt1).toBeCloseTo(sum / 10, 6);
  });

  it('measure another recipe on other photos than it was fitted on, and compare two', async () => {
    const { engine } = small;
    const draft: Recipe = {
      ...engine.recipe,
      reduction: { kind: 'pca', dimension: 8, whitening: { kind: 'none' }, shrinkage: 0 },
    };
    const report = await engine.call('evaluate', { by: 'tag', recipe: draft, folds: 2 });
    expect(report).toMatchObject({ by: 'tag', queries: 10, fit: 'held-out' });
    const compared = await engine.call('compareRecipes', { by: 'tag', a: engine.recipe, b: draft });
    expect(compared.better + compared.worse + compared.same).toBe(10);
  });

  it('are what a recipe can learn from, and then it is not measured by them without folds', async () => {
    const { engine } = small;
    const learned: Recipe = {
      ...engine.recipe,
      reduction: { kind: 'learned-whitening', dimension: 8, regularisation: 0.1 },
      learning: { from: 'tags', heldOut: 0.3, seed: 3 },
    };
    expect(labelsLookedAt(learned)).toBe('tag');
    await expect(engine.call('evaluate', { by: 'tag', recipe: learned })).rejects.toThrow(/--folds/);
    await engine.call('retune', { recipe: learned, mayRead: true });
    await engine.jobs.idle();
    const fit = engine.jobs.list().findLast(({ kind }) => kind === 'fit');
    expect(fit).toMatchObject({ state: 'done' });
    // Whether or not it was better, it was judged on held-out photos that share tags.
    expect(fit?.outcome).toMatch(/mAP \d\.\d{3} before, \d\.\d{3} after/);
  });

  it('choose for each picture its rarest tag where only one counts', () => {
    const { contentIds, labels, tags } = tagLabels(small.engine.library);
    expect(contentIds).toHaveLength(10);
    const shared = tags.findIndex((own) => own.length === 2);
    const members = (label: number): number => tags.filter((own) => own.includes(label)).length;
    expect(members(labels[shared])).toBe(3);
  });
});

describe('ground truth of tags', () => {
  it('is symmetric, and leaves out rows without a match', () => {
    const truth = groundTruthOfTags([[0], [0, 1], [1], [2], []]);
    expect(truth.map(({ query, positives }) => [query, [...Array.from(positives)].sort()])).toEqual([
      [0, [0, 1]],
      [1, [0, 1, 2]],
      [2, [1, 2]],
    ]);
  });
});
