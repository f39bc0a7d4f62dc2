/** Recipes that are worth starting from. */
import { defaultRecipe, type Recipe, type Tap } from './recipe.ts';
import type { RecipePreset } from './tuning.ts';

const tap = (name: string, p: number, more: Partial<Tap> = {}): Tap => ({
  name,
  pooling: { kind: 'gem', p, learned: false },
  normalise: true,
  weight: 1,
  ...more,
});

const pca = (dimension: number, whitening: Extract<Recipe['reduction'], { kind: 'pca' }>['whitening']) =>
  ({ kind: 'pca', dimension, whitening, shrinkage: 0 }) as const;

/** All presets; their recipes are for the default model. */
export function presets(): RecipePreset[] {
  return [
    {
      name: 'balanced',
      title: 'Balanced',
      purpose:
        'The best compromise between the same kind of picture and the very same thing; what Semblance starts with.',
      recipe: defaultRecipe,
    },
    {
      name: 'same-kind',
      title: 'Same kind',
      purpose:
        'Finds pictures of the same kind of thing: plain principal components, which leave common traits strong.',
      recipe: { ...defaultRecipe, reduction: pca(256, { kind: 'regularised', epsilon: 0.2 }) },
    },
    {
      name: 'very-same-thing',
      title: 'Very same thing',
      purpose:
        'Finds the same object or an edited copy of a picture: strong whitening, which makes rare traits count.',
      recipe: { ...defaultRecipe, reduction: pca(512, { kind: 'regularised', epsilon: 0.002 }) },
    },
    {
      name: 'fast',
      title: 'Fast',
      purpose:
        'One small scale and short descriptors: photos are read several times faster, and less is found.',
      recipe: {
        ...defaultRecipe,
        scales: [0.5],
        reduction: pca(128, { kind: 'regularised', epsilon: 0.02 }),
      },
    },
    {
      name: 'thorough',
      title: 'Thorough',
      purpose: 'A larger picture at four scales: reads photos more slowly and finds more small things.',
      recipe: {
        ...defaultRecipe,
        longerSide: 724,
        scales: [1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2],
        reduction: pca(512, { kind: 'regularised', epsilon: 0.02 }),
      },
    },
    {
      name: 'classic',
      title: 'Classic',
      purpose:
        'As in the literature: two feature maps at one scale, GeM with p = 3, joined, whitened principal components.',
      recipe: {
        ...defaultRecipe,
        scales: [1],
        taps: [tap('b10e_s16', 3, { normalise: false }), tap('b16d_s32', 3, { normalise: false })],
        aggregation: { taps: { kind: 'concat' }, scales: { kind: 'mean' }, normalise: 'none' },
        reduction: pca(256, { kind: 'regularised', epsilon: 0 }),
      },
    },
  ];
}
