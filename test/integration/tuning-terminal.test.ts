import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recipe, RecipeComparison, TunePreview } from '../../src-main/contract/index.ts';
import { answerOf, type Ended, runSemblance } from '../fixtures/run-semblance.ts';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import { folders, photosPerFolder, writePhotos } from '../e2e/photos.ts';

const total = folders.length * photosPerFolder;

let root: string;

function run(...args: string[]): Promise<Ended> {
  const own = { SEMBLANCE_LIBRARY: join(root, 'library'), SEMBLANCE_MODELS: join(root, 'models') };
  return runSemblance(args, { env: { ...process.env, ...own } });
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  return answerOf(await run(...args, '--json')) as Answer;
}

const file = (name: string): string => join(root, name);
const shown = async (): Promise<Recipe> => (await json<{ recipe: Recipe }>('recipe', 'show')).recipe;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-tuning-'));
  await writePhotos(file('photos'));
  await json('index', file('photos'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('re-tuning in the terminal', () => {
  it('changes single settings of the recipe in service, without the network', async () => {
    const answer = await json<{ recipe: Recipe; seconds: number; networkRun: boolean; photos: number }>(
      ...[
        'retune',
        '--set',
        'pooling.p=4.5',
        '--set',
        'reduction.dimension=12',
        '--set',
        'reduction.whitening=0.05',
      ],
    );
    expect(answer).toMatchObject({ networkRun: false, photos: total });
    expect(answer.seconds).toBeGreaterThan(0);
    expect(answer.recipe.taps.map(({ pooling }) => pooling)).toEqual(
      Array(4).fill({ kind: 'gem', p: 4.5, learned: false }),
    );
    expect(answer.recipe.reduction).toMatchObject({
      dimension: 12,
      whitening: { kind: 'regularised', epsilon: 0.05 },
    });
    expect(await shown()).toEqual(answer.recipe);
  });

  it.each([
    ['nonsense', /write it as path=value/],
    ['pooling.q=3', /there is no 'q' to set|no 'pooling.q'/],
    ['pooling.p=11', /p/],
    ['reduction.kind=magic', /no reduction of kind 'magic'/],
    ['taps.elsewhere.p=3', /no tap 'elsewhere'/],
  ])('refuses --set %s, and says why', async (change, why) => {
    const before = await shown();
    const { code, errors } = await run('retune', '--set', change);
    expect(code).toBe(1);
    expect(errors).toMatch(why);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(await shown()).toEqual(before);
  });

  it('asks before photos are read again, and where nobody can be asked it needs --yes', async () => {
    const refused = await run('retune', '--recipe', 'fast', '--set', 'longerSide=256');
    expect(refused.code).toBe(1);
    expect(refused.errors).toMatch(/24 photos to be read again.*--yes/);
    const answer = await json<{ networkRun: boolean; photos: number }>(
      ...['retune', '--recipe', 'fast', '--set', 'longerSide=256', '--yes'],
    );
    expect(answer).toMatchObject({ networkRun: true, photos: total });
  });

  it('exports and imports recipes, and refuses what is none', async () => {
    await run('retune', '--recipe', 'balanced', '--set', 'reduction.dimension=10');
    await run('recipe', 'export', file('recipe.json'));
    const exported = JSON.parse(readFileSync(file('recipe.json'), 'utf8')) as Recipe;
    expect(exported.reduction).toMatchObject({ dimension: 10 });
    await run('retune', '--set', 'reduction.dimension=5');
    await json('recipe', 'import', file('recipe.json'));
    expect(await shown()).toEqual(exported);

    writeFileSync(file('broken.json'), JSON.stringify({ ...exported, scales: [] }));
    const { code, errors } = await run('recipe', 'import', file('broken.json'));
    expect(code).toBe(1);
    expect(errors).toMatch(/broken\.json is no recipe: scales/);
    expect((await run('recipe', 'import', file('nowhere.json'))).errors).toMatch(/not-found/);
  });

  it('says how much of the variance the components explain', async () => {
    const { explained } = await json<{ explained: { components: number[]; total: number } }>(
      'recipe',
      'show',
    );
    expect(explained.components.length).toBeGreaterThan(1);
    expect(explained.total).toBeGreaterThan(0);
    expect(explained.total).toBeLessThanOrEqual(1);
    expect((await run('recipe', 'show')).output).toMatch(/Explained variance: [\d.]+ %/);
  });

  it('lists the presets', async () => {
    const presets = await json<{ name: string }[]>('recipe', 'presets');
    expect(presets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['balanced', 'same-kind', 'very-same-thing', 'fast', 'thorough', 'classic']),
    );
  });

  it('reads the photos for a draft, which is then previewed and compared although nothing has changed', async () => {
    const before = await shown();
    const draft = ['--recipe', 'balanced', '--set', 'longerSide=192', '--set', 'reduction.dimension=4'];
    const answer = await json<{ recipe: Recipe; outcome: string }>(
      ...['tune', 'read', ...draft, '--output', file('draft.json')],
    );
    expect(answer.outcome).toMatch(/24 photos read for the draft/);
    expect(JSON.parse(readFileSync(file('draft.json'), 'utf8'))).toEqual(answer.recipe);
    expect((await run('tune', 'read', ...draft)).output).toMatch(/^All photos have been read/);
    const preview = await json<TunePreview>('tune', 'preview', '--recipe', file('draft.json'));
    expect(preview.sampled).toBe(total);
    const report = await json<RecipeComparison>('evaluate', '--compare', 'current', file('draft.json'));
    expect(report.b.recipe).toEqual(answer.recipe);
    expect(await shown()).toEqual(before);
  });

  it(
    'adds a second model, changes its taps, and names one that is missing',
    { timeout: 180_000 },
    async () => {
      const model = file('tiny.v1.onnx');
      writeFileSync(
        model,
        visionTransformer({ patch: 16, channels: 16, blocks: 2, side: null, registers: 0 }),
      );
      expect((await run('models', 'import', model)).code).toBe(0);
      const both = ['--recipe', 'fast', '--add-model', 'tiny.v1'];
      const { recipe } = await json<{ recipe: Recipe }>(
        ...['retune', ...both, '--set', 'taps.tiny.v1:class.weight=3', '--yes'],
      );
      expect(recipe.taps.map((tap) => [tap.model, tap.name, tap.weight]).slice(4)).toEqual([
        ['tiny.v1', 'tokens_middle', expect.closeTo(Math.sqrt(4 / 3))],
        ['tiny.v1', 'tokens', expect.closeTo(Math.sqrt(4 / 3))],
        ['tiny.v1', 'class', 3],
      ]);
      expect((await run('models', 'remove', 'tiny.v1')).errors).toMatch(/described by 'tiny.v1'/);
      expect((await run('retune', ...both, '--set', 'taps=b6e_s8,tiny.v1:tokens', '--yes')).code).toBe(0);
      expect((await shown()).taps.map(({ name }) => name)).toEqual(['b6e_s8', 'tokens']);
      expect((await run('retune', '--add-model', 'tiny.v1')).errors).toMatch(/taps of 'tiny.v1' already/);
      expect((await run('tune', 'read', '--add-model', 'nobody')).errors).toMatch(
        /'nobody' is not installed/,
      );
      expect((await run('retune', '--recipe', 'balanced')).code).toBe(0);
    },
  );

  it('previews a draft beside what is in service', async () => {
    const preview = await json<TunePreview>('tune', 'preview', '--set', 'pooling.p=1', '--top', '4');
    expect(preview.queries).toHaveLength(12);
    expect(preview.queries[0].draft).toHaveLength(4);
    expect(preview.quality?.by).toBe('folder');
  });
});

describe('measuring in the terminal', () => {
  it('fits on other photos than the queries when there are folds', async () => {
    expect(await json('evaluate', '--by', 'folder', '--folds', '4')).toMatchObject({
      queries: total,
      fit: 'held-out',
    });
  });

  it('compares two recipes', async () => {
    const report = await json<RecipeComparison>('evaluate', '--compare', 'current', 'same-kind');
    expect(report.better + report.worse + report.same).toBe(total);
    const { code, errors } = await run('evaluate', '--compare', 'current');
    expect(code).toBe(1);
    expect(errors).toMatch(/two recipes/);
  });

  it('measures by a file of queries, some of them parts of photos', async () => {
    const photo = (name: string): string => join(file('photos'), name);
    const queries = [
      {
        query: photo('towns/towns-1.jpg'),
        positives: ['towns-2.jpg', 'towns-3.jpg'].map((name) => photo(`towns/${name}`)),
      },
      {
        query: photo('forests/forests-1.jpg'),
        positives: [photo('forests/forests-2.jpg'), photo('nowhere.jpg')],
        junk: [photo('forests/forests-3.jpg')],
        crop: [20, 20, 200, 180],
      },
    ];
    writeFileSync(file('truth.json'), JSON.stringify(queries));
    const report = await json<{ queries: number; missing: string[]; by: string; mAP: number }>(
      ...['evaluate', '--by', 'file', '--file', file('truth.json')],
    );
    expect(report).toMatchObject({ queries: 2, by: 'file' });
    expect(report.missing).toEqual([photo('nowhere.jpg')]);
    expect(report.mAP).toBeGreaterThan(0.1);
  });

  it('makes pairs once, and measures by them', { timeout: 240_000 }, async () => {
    expect((await run('evaluate', '--by', 'pairs')).errors).toMatch(/semblance tune pairs/);
    expect((await run('tune', 'pairs')).code).toBe(0);
    expect((await run('retune', '--recipe', 'balanced')).code).toBe(0);
    const report = await json<{ queries: number; mAP: number }>('evaluate', '--by', 'pairs');
    expect(report.queries).toBe(total * 6);
    expect(report.mAP).toBeGreaterThan(0.2);
  });

  it('lays the photos out in two dimensions', async () => {
    const map = await json<{ isStale: boolean; points: { x: number; y: number }[] }>(
      'map',
      '--method',
      'umap',
    );
    expect(map.isStale).toBe(false);
    expect(map.points).toHaveLength(total);
    for (const { x, y } of map.points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1.001);
  });

  it('finds a recipe and writes it to a file', async () => {
    const found = await json<{ recipe: Recipe; tried: number }>(
      'tune',
      'search',
      '--seconds',
      '5',
      '--output',
      file('found.json'),
    );
    expect(found.tried).toBeGreaterThan(1);
    expect(existsSync(file('found.json'))).toBe(true);
    expect(JSON.parse(readFileSync(file('found.json'), 'utf8'))).toEqual(found.recipe);
  });
});
