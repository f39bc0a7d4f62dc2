/** The option that chooses how thoroughly photos are read. */
import { Option } from 'commander';
import {
  type Profile,
  type ProfileName,
  profileNames,
  profilesOf,
  SemblanceError,
} from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { processor } from '../vision/index.ts';

export function profileOption(description: string): Option {
  return new Option('--profile <name>', description).choices(profileNames);
}

/**
 * @param recipe that it is a profile of; the one in service by default
 * @throws SemblanceError `invalid-arguments` where the model has no such profile
 */
export async function profileNamed(
  engine: Engine,
  name: ProfileName,
  recipe = engine.recipe,
): Promise<Profile> {
  const profiles = profilesOf(recipe, await engine.call('models', {}), engine.provider === processor);
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  const has = profiles.map((profile) => profile.name).join(', ');
  throw new SemblanceError(
    'invalid-arguments',
    `The model '${recipe.model}' has no profile '${name}', but: ${has}.`,
  );
}
