import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CommandArguments,
  defaultRecipe,
  type Ranking,
  type SearchAnswer,
} from '../../src-main/contract/index.ts';
import { recipeKey } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { startNeighbours } from '../../src-main/engine/neighbours-job.ts';
import { neighbourGraph } from '../../src-main/engine/neighbours.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';

const every: Ranking = {
  expansion: { count: 5, alpha: 3 },
  refinement: { top: 100, neighbours: 8 },
  diffusion: { top: 200 },
};
const each = Object.entries(every).map(([name, value]): [string, Ranking] => [name, { [name]: value }]);

let folder: string;
let engine: Engine;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-ranking-'));
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(count: number, ready = true): Promise<void> {
  describedLibrary(folder, clusteredVectors(count, 24)).close();
  engine = Engine.open({ libraryPath: folder, access: ready ? 'write' : 'read' });
  if (ready) await engine.jobs.idle();
}

const search = (photoId: number, rest: Partial<CommandArguments['search']> = {}): Promise<SearchAnswer> =>
  engine.call('search', { examples: [{ kind: 'photo', photoId }], top: 20, ...rest });

const idsOf = ({ results }: SearchAnswer): number[] => results.map(({ photo }) => photo.id);

describe('a better ranking', () => {
  it.each(each)('by %s says what it took, and what moved against the plain one', async (name, ranking) => {
    await open(400);
    const plain = await search(7);
    const better = await search(7, { ranking });
    expect(plain.steps).toEqual([]);
    expect(plain.gone).toEqual([]);
    expect(plain.results.every(({ moved }) => moved === null)).toBe(true);
    expect(better.steps).toMatchObject([{ name, note: '' }]);
    expect(better.steps[0].milliseconds).toBeGreaterThan(0);
    expect(better.results).toHaveLength(20);
    const before = idsOf(plain);
    better.results.forEach(({ photo, moved, rank }) => {
      const was = before.indexOf(photo.id);
      expect(moved).toBe(was < 0 ? 'new' : was + 1 - rank);
    });
    const after = new Set(idsOf(better));
    expect(better.gone.map(({ id }) => id)).toEqual(before.filter((id) => !after.has(id)));
    // Photos around the same centre are what is alike in these libraries.
    expect(idsOf(better).every((id) => id % 40 === 7 || idsOf(better).indexOf(id) >= 10)).toBe(true);
  });

  it('keeps as scores the similarities with the query as it was asked', async () => {
    await open(400);
    const scores = new Map(
      (await search(7, { top: 400 })).results.map(({ photo, score }) => [photo.id, score]),
    );
    for (const { photo, score } of (await search(7, { ranking: every })).results) {
      expect(score).toBeCloseTo(scores.get(photo.id) ?? NaN, 5);
    }
  });

  it.each(each)(
    'by %s shows no photo that the filter leaves out, and as many as there are',
    async (_, ranking) => {
      await open(400);
      const filter = { directory: 'd2' };
      const allowed = new Set(idsOf(await search(7, { filter, top: 1000 })));
      expect(allowed.size).toBe(100);
      const found = idsOf(await search(7, { filter, top: 1000, ranking }));
      expect(new Set(found)).toEqual(allowed);
      expect(found).toHaveLength(100);
    },
  );

  it.each([1, 2, 5])('works among %d photos', async (count) => {
    await open(count);
    const { results, steps } = await search(1, { ranking: every });
    expect(results).toHaveLength(count);
    expect(new Set(results.map(({ photo }) => photo.id)).size).toBe(count);
    expect(steps.map(({ name }) => name)).toEqual(['expansion', 'refinement', 'diffusion']);
  });

  it('finds nothing to add where a filter leaves nothing', async () => {
    await open(50);
    expect((await search(1, { filter: { directory: 'nowhere' }, ranking: every })).results).toEqual([]);
  });

  it('diffuses among the first results while their neighbours are not known, and says what that leaves out', async () => {
    await open(1200, false);
    const { results, steps } = await search(7, { ranking: { diffusion: { top: 1100 } } });
    expect(results).toHaveLength(20);
    expect(steps[0].note).toMatch(/^Only the first 1000 .* background\.$/);
    expect((await search(7, { ranking: { diffusion: { top: 200 } } })).steps[0].note).toBe('');
  });

  it('is cancelled with the search', async () => {
    await open(50);
    const { improveRanking } = await import('../../src-main/engine/ranking.ts');
    const serving = engine.serving;
    if (!serving) throw new Error('nothing serves');
    const query = serving.vector(1) ?? new Float32Array();
    const state = { engine, space: serving, query, examples: [], pictures: [], hits: [], top: 5 };
    await expect(improveRanking({ ...state, signal: AbortSignal.abort() }, every)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('the neighbours of the photos', () => {
  const jobs = (): string[] =>
    engine.jobs.list().flatMap(({ kind, state }) => (kind === 'neighbours' ? [state] : []));

  it('are looked for by itself, and once', async () => {
    await open(300);
    expect(jobs()).toEqual(['done']);
    const graph = neighbourGraph(engine);
    expect(graph.complete).toBe(true);
    const exact = (await search(5, { top: 33 })).results.slice(1).map(({ photo }) => photo.id);
    expect(graph.of(5)?.map(({ id }) => id)).toEqual(exact);
    expect(startNeighbours(engine)).toBeNull();
    await engine.close();
    engine = Engine.open({ libraryPath: folder, access: 'write' });
    expect(jobs()).toEqual([]);
  });

  it('tell each pair once, and how near the nearest are', async () => {
    await open(300);
    const graph = neighbourGraph(engine);
    const found = [...graph.pairs(0.9)].flat();
    expect(new Set(found.map(({ a, b }) => `${a} ${b}`)).size).toBe(found.length);
    expect(found.every(({ a, b, score }) => a < b && score >= 0.9)).toBe(true);
    const wanted = new Set<string>();
    for (let id = 1; id <= 300; id++) {
      for (const hit of graph.of(id) ?? []) {
        if (hit.score >= 0.9) wanted.add(`${Math.min(id, hit.id)} ${Math.max(id, hit.id)}`);
      }
    }
    expect(wanted.size).toBe(found.length);
    const histogram = await graph.nearestHistogram(10);
    expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  it('carry on after a cancel where they were, and leave out what is gone', async () => {
    await open(2500, false);
    await engine.close();
    engine = Engine.open({ libraryPath: folder, access: 'write' });
    const { id } = engine.serving?.generation ?? { id: 0 };
    const { neighbours } = engine.library;
    const job = engine.jobs.list().find(({ kind }) => kind === 'neighbours');
    const set = vi.spyOn(neighbours, 'set').mockImplementation((...list) => {
      set.mockRestore();
      neighbours.set(...list);
      engine.jobs.cancel(job?.id ?? 0);
    });
    await engine.jobs.idle();
    const left = engine.library.neighbours.missing(id);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(2500);
    expect(neighbourGraph(engine).complete).toBe(false);
    const ended = await startNeighbours(engine)?.ended;
    expect(ended).toMatchObject({ state: 'done', done: 2500, total: 2500 });
    const before = neighbourGraph(engine).of(1) ?? [];
    engine.forget([before[0].id]);
    expect(neighbourGraph(engine).of(1)).toEqual(before.slice(1));
  });

  it('are found by HNSW in a large library, nearly all of them, and of what is added later too', async () => {
    const few = 12;
    const open = (): Engine =>
      Engine.open({ libraryPath: folder, access: 'write', crossover: few, mostCompared: few });
    const vectors = [...clusteredVectors(620, 24)];
    describedLibrary(folder, vectors.slice(0, 600)).close();
    engine = open();
    await engine.jobs.idle();
    const share = async (from: number): Promise<number> => {
      let found = 0;
      for (let photoId = from; photoId < from + 20; photoId++) {
        const exact = (await search(photoId, { top: 33, filter: { directory: '' } })).results.slice(1);
        const near = new Set(
          neighbourGraph(engine)
            .of(photoId)
            ?.map(({ id }) => id),
        );
        found += exact.filter(({ photo }) => near.has(photo.id)).length / exact.length / 20;
      }
      return found;
    };
    expect(neighbourGraph(engine).complete).toBe(true);
    expect(await share(1)).toBeGreaterThan(0.97);
    const serving = engine.serving;
    const id = serving?.generation.id ?? 0;
    vectors.slice(600).forEach((vector, i) => {
      const contentId = engine.library.change(() => {
        const content = { hash: `later ${i}`, width: 4, height: 3, format: 'jpeg' };
        const added = engine.library.contents.add(content);
        const file = { folderId: 1, directory: 'd0', name: `later ${i}.jpg`, sizeBytes: 1, modifiedAtMs: 1 };
        engine.library.photos.record(file, added, 1);
        engine.library.generations.addDescriptors(id, [{ contentId: added, vector }]);
        return added;
      });
      serving?.add(contentId, vector);
    });
    expect(neighbourGraph(engine).complete).toBe(false);
    await startNeighbours(engine)?.ended;
    expect(neighbourGraph(engine).complete).toBe(true);
    expect(await share(601)).toBeGreaterThan(0.97);
    // Those that were there before know the later ones.
    expect(await share(1)).toBeGreaterThan(0.9);
  });
});

it('a recipe without augmentation keeps the key that it had before there was any', () => {
  expect(recipeKey(defaultRecipe, 'a')).toBe(
    '84b9759b0f1848fa448f7e875da15ea40fb28732d72be6d9d62dc3a16e026ce9',
  );
  expect(recipeKey({ ...defaultRecipe, augmentation: { neighbours: 5, alpha: 3 } }, 'a')).not.toBe(
    '84b9759b0f1848fa448f7e875da15ea40fb28732d72be6d9d62dc3a16e026ce9',
  );
});
