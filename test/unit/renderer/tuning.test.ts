import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  type CacheInfo,
  defaultRecipe,
  type Normalisation,
  type PhotoSummary,
  type Pooling,
  presets,
  type PreviewResult,
  type Recipe,
  recipeSchema,
  type Reduction,
  type Selection,
  type Whitening,
  withModel,
  withoutModel,
  withSecondModel,
} from '../../../src-main/contract/index.ts';
import { budgetSentence } from '../../../src-renderer/tuning/cache-budget.ts';
import { curveOf } from '../../../src-renderer/tuning/curve.ts';
import {
  commonScales,
  poolingOf,
  reductionOf,
  selectionOf,
  whiteningOf,
  withNewTap,
  withoutScale,
  withoutStep,
  withoutTap,
  withPOfAll,
  withScale,
  withStep,
  withStepMoved,
  withTap,
} from '../../../src-renderer/tuning/edits.ts';
import { moveMark, movesInWords, movesOf } from '../../../src-renderer/tuning/moves.ts';
import { readRecipe, writeRecipe } from '../../../src-renderer/tuning/recipe-file.ts';
import { recipeWords, stageWords, tapWords } from '../../../src-renderer/tuning/recipe-words.ts';
import { screeOf } from '../../../src-renderer/tuning/scree.ts';
import {
  changedStages,
  stages,
  stageToBlame,
  withStageOf,
  type StageName,
} from '../../../src-renderer/tuning/stages.ts';

const model = {
  name: 'default',
  taps: ['b3e_s4', 'b6e_s8', 'b10e_s16', 'b13e_s16', 'b16d_s32', 'top_s32'].map((name) => ({
    name,
    channels: 8,
    stride: 4,
  })),
};

/** Has a tap that is called as one of the default model's. */
const second = {
  name: 'second',
  size: null,
  taps: ['b6e_s8', 's16', 's32'].map((name) => ({ name, channels: 8, stride: 8 })),
};

const poolings: Pooling['kind'][] = ['average', 'max', 'gem', 'pyramid', 'attention'];
const selections: Selection['kind'][] = [
  'none',
  'variance',
  'anova',
  'mutual-information',
  'elimination',
  'lasso',
  'mask',
];
const steps: Normalisation['kind'][] = ['l2', 'standardise', 'power'];
const reductions: Reduction['kind'][] = [
  'none',
  'pca',
  'random',
  'autoencoder',
  'projection',
  'learned-whitening',
];
const whitenings: Whitening['kind'][] = ['none', 'regularised', 'power'];

type Edit = (recipe: Recipe) => Recipe;

const place = fc.nat({ max: 9 });
/** Anything that somebody can do to a draft. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom(...commonScales, 0.35, 2).map(
    (scale): Edit =>
      (recipe) =>
        withScale(recipe, scale),
  ),
  fc.constantFrom(...commonScales).map(
    (scale): Edit =>
      (recipe) =>
        withoutScale(recipe, scale),
  ),
  fc.constantFrom(...model.taps).map(
    ({ name }): Edit =>
      (recipe) =>
        withNewTap(recipe, name, model),
  ),
  place.map(
    (at): Edit =>
      (recipe) =>
        withoutTap(recipe, at),
  ),
  fc.double({ min: 1, max: 10, noNaN: true }).map(
    (p): Edit =>
      (recipe) =>
        withPOfAll(recipe, p),
  ),
  fc.tuple(place, fc.constantFrom(...poolings)).map(([at, kind]): Edit => {
    return (recipe) => {
      const tap = recipe.taps.at(at);
      return tap ? withTap(recipe, at, { pooling: poolingOf(kind, tap.pooling) }) : recipe;
    };
  }),
  fc
    .constantFrom(...selections)
    .map((kind): Edit => (recipe) => ({ ...recipe, selection: selectionOf(kind, recipe.selection) })),
  fc.constantFrom(...steps).map(
    (kind): Edit =>
      (recipe) =>
        withStep(recipe, kind),
  ),
  place.map(
    (at): Edit =>
      (recipe) =>
        withoutStep(recipe, at),
  ),
  fc.tuple(place, fc.constantFrom(-1, 1)).map(
    ([at, by]): Edit =>
      (recipe) =>
        withStepMoved(recipe, at, by),
  ),
  fc
    .constantFrom(...reductions)
    .map((kind): Edit => (recipe) => ({ ...recipe, reduction: reductionOf(kind, recipe.reduction) })),
  fc.constantFrom(...whitenings).map((kind): Edit => {
    return (recipe) => {
      const { reduction } = recipe;
      if (reduction.kind !== 'pca') return recipe;
      return { ...recipe, reduction: { ...reduction, whitening: whiteningOf(kind) } };
    };
  }),
  fc.constant<Edit>((recipe) =>
    withModel(recipe, { name: 'other', taps: model.taps.slice(4), size: null, eightBit: null }),
  ),
  fc.constant<Edit>((recipe) =>
    withModel(recipe, {
      name: 'foreign',
      taps: [{ name: 'a', channels: 4, stride: 8 }],
      size: null,
      eightBit: null,
    }),
  ),
  fc.constant<Edit>((recipe) => withSecondModel(recipe, second)),
  fc.constantFrom('default', 'other', 'second').map(
    (name): Edit =>
      (recipe) =>
        withoutModel(recipe, name, [second]),
  ),
  fc.constantFrom(...second.taps).map(
    ({ name }): Edit =>
      (recipe) =>
        withNewTap(recipe, name, second),
  ),
);

const edited = fc
  .array(edit, { maxLength: 30 })
  .map((edits) => edits.reduce((recipe, each) => each(recipe), defaultRecipe));

describe('whatever somebody does to a draft', () => {
  it('leaves a valid recipe, which is read back from its file as it was', () => {
    fc.assert(
      fc.property(edited, (recipe) => {
        expect(v.safeParse(recipeSchema, recipe).success).toBe(true);
        expect(readRecipe(writeRecipe(recipe), 'recipe.json')).toEqual(recipe);
      }),
    );
  });

  it('is marked at the stages where it was done, and taken back stage by stage', () => {
    fc.assert(
      fc.property(edited, (recipe) => {
        let back = recipe;
        for (const { name } of stages) back = withStageOf(back, defaultRecipe, name);
        // Taps that have come back bring the poolings that are theirs.
        back = withStageOf(back, defaultRecipe, 'pooling');
        expect(changedStages(defaultRecipe, back)).toEqual(new Set());
        expect(back).toEqual(defaultRecipe);
      }),
    );
  });

  it('has words for every stage', () => {
    fc.assert(
      fc.property(edited, (recipe) => {
        for (const { name } of stages) expect(stageWords(name, recipe, [])).not.toBe('');
      }),
    );
  });
});

describe('edits', () => {
  it('put a tap where the order of the model has it, as the default recipe pools it', () => {
    const without = withoutTap(defaultRecipe, 1);
    expect(without.taps.map(({ name }) => name)).not.toContain('b6e_s8');
    expect(withNewTap(without, 'b6e_s8', model)).toEqual(defaultRecipe);
    expect(withNewTap(defaultRecipe, 'b13e_s16', model).taps.map(({ name }) => name)).toEqual([
      'b3e_s4',
      'b6e_s8',
      'b10e_s16',
      'b13e_s16',
      'b16d_s32',
    ]);
  });

  it('put a tap of a second model among its own, weighted as they are', () => {
    const both = withSecondModel(defaultRecipe, second);
    const without = withoutTap(both, 5);
    expect(without.taps.map(({ name }) => name)).not.toContain('s16');
    expect(withNewTap(without, 's16', second)).toEqual(both);
    const more = withNewTap(both, 'b13e_s16', model);
    expect(more.taps.map(({ name }) => name).slice(2, 5)).toEqual(['b10e_s16', 'b13e_s16', 'b16d_s32']);
    expect(more.taps[3].model).toBeUndefined();
  });

  it('keep the last scale and the last tap', () => {
    const one = [1, Math.SQRT1_2, 0.5].reduce(withoutScale, defaultRecipe);
    expect(one.scales).toHaveLength(1);
    expect(withoutTap({ ...defaultRecipe, taps: [defaultRecipe.taps[0]] }, 0).taps).toHaveLength(1);
  });

  it('know a common scale that was typed with fewer digits, and have no scale twice', () => {
    expect(withScale({ ...defaultRecipe, scales: [1] }, 0.707).scales).toEqual([1, Math.SQRT1_2]);
    expect(withScale(defaultRecipe, 0.707)).toEqual(defaultRecipe);
  });

  it('move normalisations, and none beyond the ends', () => {
    const recipe = withStep(withStep(defaultRecipe, 'l2'), 'standardise');
    expect(withStepMoved(recipe, 0, 1).normalisation.map(({ kind }) => kind)).toEqual(['standardise', 'l2']);
    expect(withStepMoved(recipe, 0, -1)).toEqual(recipe);
  });
});

describe('a second model', () => {
  const both = withSecondModel(defaultRecipe, second);

  it('is the change of the model stage alone, and taken back there without what was done to the first', () => {
    expect(changedStages(defaultRecipe, both)).toEqual(new Set(['model']));
    expect(changedStages(both, defaultRecipe)).toEqual(new Set(['model']));
    const pooled = withTap(both, 0, { pooling: { kind: 'max' } });
    expect(changedStages(defaultRecipe, pooled)).toEqual(new Set(['model', 'pooling']));
    expect(withStageOf(pooled, defaultRecipe, 'model')).toEqual(
      withTap(defaultRecipe, 0, { pooling: { kind: 'max' } }),
    );
    expect(withStageOf(defaultRecipe, both, 'model')).toEqual(both);
  });

  it('stays when the taps of the first are taken back', () => {
    const weighted = withTap(both, 1, { weight: 2 });
    expect(changedStages(defaultRecipe, weighted)).toEqual(new Set(['model', 'taps']));
    expect(withStageOf(weighted, defaultRecipe, 'taps')).toEqual(both);
  });

  it('is not taken for the first where taps are called alike', () => {
    const pooled = withTap(both, 4, { pooling: { kind: 'max' } });
    expect(changedStages(both, pooled)).toEqual(new Set(['pooling']));
    expect(withStageOf(pooled, both, 'pooling')).toEqual(both);
  });

  it('is named beside the first, and its taps with it', () => {
    expect(stageWords('model', both, [])).toBe('default + second');
    expect(recipeWords(both)).toMatch(/^default \+ second, 512 px × 3, pooling/);
    expect(tapWords(both, 'second', 's16')).toBe('s16 of second');
    expect(tapWords(defaultRecipe, 'default', 'b6e_s8')).toBe('b6e_s8');
  });

  it('is what a draft cannot be previewed for, until photos are read by it', () => {
    expect(stageToBlame('recipe-mismatch', defaultRecipe, both)).toBe('model');
    expect(stageToBlame('recipe-mismatch', both, withNewTap(both, 'top_s32', model))).toBe('taps');
  });
});

describe('the stage to blame', () => {
  const blamed = (draft: Recipe): StageName => stageToBlame('recipe-mismatch', defaultRecipe, draft);

  it('is the one that asks for what the photos were not read for', () => {
    expect(blamed({ ...defaultRecipe, longerSide: 640 })).toBe('size');
    expect(blamed({ ...defaultRecipe, scales: [1, 0.35] })).toBe('size');
    expect(blamed(withNewTap(defaultRecipe, 'top_s32', model))).toBe('taps');
    expect(blamed(withTap(defaultRecipe, 0, { pooling: { kind: 'pyramid', levels: [2] } }))).toBe('pooling');
    const both = { ...withPOfAll(defaultRecipe, 4), scales: [1, 0.35] };
    expect(blamed(both)).toBe('size');
  });

  it('is the learning one when nothing tells which photos match', () => {
    const draft = { ...defaultRecipe, reduction: reductionOf('projection', defaultRecipe.reduction) };
    expect(stageToBlame('no-ground-truth', defaultRecipe, draft)).toBe('reduction');
    expect(stageToBlame('no-model', defaultRecipe, draft)).toBe('model');
  });
});

function resultsOf(...ids: number[]): PreviewResult[] {
  const photo = (id: number): PhotoSummary => ({
    id,
    name: '',
    directory: '',
    folderId: 1,
    width: 1,
    height: 1,
    offline: false,
  });
  return ids.map((id) => ({ photo: photo(id), score: 1 }));
}

describe('what a draft moves among results', () => {
  it('is marked by places up and down, new and gone', () => {
    const moves = movesOf(resultsOf(1, 2, 3, 4), resultsOf(1, 4, 2, 9));
    expect(moves.draft.map(moveMark)).toEqual(['', '▲2', '▼1', 'new']);
    expect(moves.gone).toEqual([false, false, true, false]);
    expect(movesInWords(moves)).toBe('2 moved, 1 new');
  });

  it('is nothing where the order is the same', () => {
    expect(movesInWords(movesOf(resultsOf(1, 2), resultsOf(1, 2)))).toBe('The same order');
  });
});

describe('drawings', () => {
  it('show what the kept components explain together, and where they end', () => {
    const scree = screeOf([0.5, 0.25, 0.125, 0.125], 2, 400, 90);
    expect(scree.total).toBeCloseTo(0.75);
    expect(scree.keptAt).toBe(200);
    expect(scree.each.startsWith('M50 2')).toBe(true);
    expect(screeOf([0.5, 0.25], 256, 400, 90)).toMatchObject({ keptCount: 2, keptAt: 400 });
  });

  it('go from the least to the greatest value, with gaps where none is known', () => {
    expect(curveOf([0, 1], 106, 106)).toBe('M3.0 103.0L103.0 3.0');
    expect(curveOf([0, null, 1], 106, 106)).toBe('M3.0 103.0M103.0 3.0');
    expect(curveOf([2], 106, 106)).toBe('M3.0 103.0');
  });
});

describe('words', () => {
  it('tell recipes apart at a glance', () => {
    expect(recipeWords(defaultRecipe)).toBe('512 px × 3, pooling 5 · 5 · 3 · 1, PCA 256, ε 0.02');
    const words = presets().map(({ recipe }) => recipeWords(recipe));
    expect(new Set(words).size).toBe(words.length);
  });

  it('say what a smaller cache drops before it does, and what has no room in it', () => {
    const cache: CacheInfo = {
      bytes: 4_000_000,
      budgetBytes: 20e9,
      photos: 100,
      ofPhotos: 150,
      bytesPerPhoto: 40_000,
    };
    expect(budgetSentence(cache, 1_000_000)).toContain('up to 75 photos will have to be read again');
    expect(budgetSentence(cache, 5_000_000)).toContain('room for 25 photos more; 25 photos will');
    expect(budgetSentence(cache, 20e9)).toBe('Nothing is dropped.');
  });
});
