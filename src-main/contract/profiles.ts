/** Profiles: how thoroughly photos are read, whatever the model and the rest of the recipe. */
import { modelNames } from './recipe-model.ts';
import type { Recipe } from './recipe.ts';
import type { ModelInfo } from './types.ts';

export const profileNames = ['fast', 'balanced', 'thorough'] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  name: ProfileName;
  title: string;
  /** One sentence: what it looks at. */
  purpose: string;
  /** The recipe in service, with photos read this way. */
  recipe: Recipe;
  /** Whether photos are read this way already. */
  isCurrent: boolean;
}

export interface TimedProfile extends Profile {
  /** Measured on the first twenty photos, all cores busy; null before that. */
  secondsPerPhoto: number | null;
}

export interface ProfileReport {
  profiles: TimedProfile[];
  /** Photos in the library. */
  photos: number;
}

const sizes: Record<ProfileName, Pick<Recipe, 'longerSide' | 'scales'>> = {
  fast: { longerSide: 512, scales: [0.5] },
  balanced: { longerSide: 512, scales: [1, Math.SQRT1_2, 0.5] },
  thorough: { longerSide: 724, scales: [1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2] },
};

type ModelFacts = Pick<ModelInfo, 'name' | 'sha256' | 'size' | 'eightBit'>;

/**
 * The profiles that a recipe's models have: those that take a single size have but their own, and the one of an eight-bit
 * copy. A descriptor of two models keeps both as they are.
 * @param models that are installed
 * @param onProcessor whether the processor computes, for which alone eight-bit copies are faster
 */
export function profilesOf(recipe: Recipe, models: readonly ModelFacts[], onProcessor: boolean): Profile[] {
  const named = (name: string | undefined) => models.find((model) => model.name === name);
  const used = modelNames(recipe).map(named);
  const own = named(recipe.model);
  const model = used.length > 1 ? own : (named(own?.eightBit?.of) ?? own);
  const copy =
    used.length === 1 && onProcessor && model
      ? models.find(({ eightBit }) => eightBit?.ofSha256 === model.sha256)
      : undefined;
  const base = model?.name ?? recipe.model;
  const isFixed = used.every((each) => each?.size);
  const profile = (name: ProfileName, title: string, purpose: string, by: string): Profile => {
    const { longerSide, scales } = isFixed ? recipe : sizes[name];
    return {
      name,
      title,
      purpose,
      recipe: { ...recipe, model: by, longerSide, scales },
      isCurrent:
        recipe.model === by && recipe.longerSide === longerSide && recipe.scales.join() === scales.join(),
    };
  };
  const small = 'One small picture of each photo.';
  const fast = profile(
    'fast',
    'Fast',
    isFixed ? 'Computes in eight bits.' : copy ? `${small} It computes in eight bits.` : small,
    copy?.name ?? base,
  );
  const balanced = profile(
    'balanced',
    'Balanced',
    isFixed ? 'One picture of the size that the model takes.' : 'Three sizes of each photo.',
    base,
  );
  if (isFixed) return copy ? [fast, balanced] : [balanced];
  return [
    fast,
    balanced,
    profile('thorough', 'Thorough', 'Four sizes, from a larger one on, for small things in a photo.', base),
  ];
}
