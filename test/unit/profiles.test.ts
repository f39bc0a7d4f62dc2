import { describe, expect, it } from 'vitest';
import { defaultRecipe, profilesOf } from '../../src-main/contract/index.ts';
import { profileTime } from '../../src-renderer/wording.ts';

const own = { name: 'default', size: null, eightBit: null };
const copy = {
  name: 'default-8bit',
  size: null,
  eightBit: { of: 'default', ofSha256: '', agreement: { mean: 0.999, least: 0.99 }, gain: 1.5 },
};
const fixed = { name: 'clip', size: { width: 224, height: 224 }, eightBit: null };

describe('profiles', () => {
  it('are three, of which the balanced one is what Semblance starts with', () => {
    const profiles = profilesOf(defaultRecipe, [own]);
    expect(profiles.map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
      ['fast', false],
      ['balanced', true],
      ['thorough', false],
    ]);
    expect(profiles[1].recipe).toEqual(defaultRecipe);
  });

  it('change how photos are read, and nothing else of a recipe', () => {
    const tuned = {
      ...defaultRecipe,
      taps: defaultRecipe.taps.slice(1),
      reduction: { kind: 'none' as const },
    };
    for (const { recipe } of profilesOf(tuned, [own])) {
      const { longerSide, scales } = tuned;
      expect({ ...recipe, longerSide, scales }).toEqual(tuned);
    }
  });

  it('compute in eight bits for the fast one where there is a copy, and lead back from it', () => {
    const [fast] = profilesOf(defaultRecipe, [own, copy]);
    expect(fast.recipe.model).toBe('default-8bit');
    const back = profilesOf(fast.recipe, [own, copy]);
    expect(back.map(({ recipe: { model }, isCurrent }) => [model, isCurrent])).toEqual([
      ['default-8bit', true],
      ['default', false],
      ['default', false],
    ]);
    expect(back[1].recipe).toEqual(defaultRecipe);
  });

  it('are one for a model that takes a single size, and two with its copy', () => {
    const recipe = { ...defaultRecipe, model: 'clip', longerSide: 224, scales: [1] };
    expect(profilesOf(recipe, [own, fixed]).map(({ name }) => name)).toEqual(['balanced']);
    const both = [own, fixed, { ...copy, name: 'clip-8bit', eightBit: { ...copy.eightBit, of: 'clip' } }];
    expect(profilesOf(recipe, both).map(({ name }) => name)).toEqual(['fast', 'balanced']);
  });

  it('say how long they take for a library', () => {
    expect(profileTime({ secondsPerPhoto: null }, 800)).toBe('');
    expect(profileTime({ secondsPerPhoto: 0.04 }, 0)).toBe('25/s');
    expect(profileTime({ secondsPerPhoto: 0.04 }, 9000)).toBe('25/s, 6 min for 9,000 photos');
    expect(profileTime({ secondsPerPhoto: 0.5 }, 1)).toBe('2.0/s, 1 s for 1 photo');
  });
});
