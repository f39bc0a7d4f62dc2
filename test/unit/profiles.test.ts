import { describe, expect, it } from 'vitest';
import { defaultRecipe, profilesOf } from '../../src-main/contract/index.ts';
import { profileTime } from '../../src-renderer/wording.ts';

const own = { name: 'default', sha256: 'own', size: null, eightBit: null };
const copy = {
  name: 'default-8bit',
  sha256: 'copy',
  size: null,
  eightBit: { of: 'default', ofSha256: 'own', agreement: { mean: 0.999, least: 0.99 }, gain: 1.5 },
};
const fixed = { name: 'clip', sha256: 'fixed', size: { width: 224, height: 224 }, eightBit: null };

describe('profiles', () => {
  it('are three, of which the balanced one is what Semblance starts with', () => {
    const profiles = profilesOf(defaultRecipe, [own], true);
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
    for (const { recipe } of profilesOf(tuned, [own], true)) {
      const { longerSide, scales } = tuned;
      expect({ ...recipe, longerSide, scales }).toEqual(tuned);
    }
  });

  it('compute in eight bits for the fast one where there is a copy, and lead back from it', () => {
    const [fast] = profilesOf(defaultRecipe, [own, copy], true);
    expect(fast.recipe.model).toBe('default-8bit');
    const back = profilesOf(fast.recipe, [own, copy], true);
    expect(back.map(({ recipe: { model }, isCurrent }) => [model, isCurrent])).toEqual([
      ['default-8bit', true],
      ['default', false],
      ['default', false],
    ]);
    expect(back[1].recipe).toEqual(defaultRecipe);
  });

  it('compute in eight bits only where the processor computes, and for the very model that was copied', () => {
    expect(profilesOf(defaultRecipe, [own, copy], false)[0].recipe.model).toBe('default');
    const another = { ...own, sha256: 'another' };
    expect(profilesOf(defaultRecipe, [another, copy], true)[0].recipe.model).toBe('default');
  });

  it('keep both models of a descriptor that joins two', () => {
    const taps = [...defaultRecipe.taps, { ...defaultRecipe.taps[0], model: 'clip' }];
    const profiles = profilesOf({ ...defaultRecipe, taps }, [own, copy, fixed], true);
    expect(profiles.map(({ recipe }) => recipe.model)).toEqual(['default', 'default', 'default']);
    expect(profiles.map(({ recipe }) => recipe.taps)).toEqual([taps, taps, taps]);
  });

  it('are one for a model that takes a single size, and two with its copy', () => {
    const recipe = { ...defaultRecipe, model: 'clip', longerSide: 224, scales: [1] };
    expect(profilesOf(recipe, [own, fixed], true).map(({ name }) => name)).toEqual(['balanced']);
    const both = [
      own,
      fixed,
      { ...copy, name: 'clip-8bit', eightBit: { ...copy.eightBit, of: 'clip', ofSha256: 'fixed' } },
    ];
    expect(profilesOf(recipe, both, true).map(({ name }) => name)).toEqual(['fast', 'balanced']);
  });

  it('say how long they take for a library', () => {
    expect(profileTime({ secondsPerPhoto: null }, 800)).toBe('');
    expect(profileTime({ secondsPerPhoto: 0.04 }, 0)).toBe('25/s');
    expect(profileTime({ secondsPerPhoto: 0.04 }, 9000)).toBe('25/s, 6 min for 9,000 photos');
    expect(profileTime({ secondsPerPhoto: 0.5 }, 1)).toBe('2.0/s, 1 s for 1 photo');
  });
});
