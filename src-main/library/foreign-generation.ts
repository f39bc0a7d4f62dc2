/** The generation in service of a library from elsewhere: whether it is whole, and whether it is the same as one here. */
import * as v from 'valibot';
import { anyRecipeSchema } from '../contract/index.ts';
import { canonical, decodeExtraction, decodeFitted, type Extraction } from '../descriptor/index.ts';
import type { ForeignCatalogue } from './archive-catalogue.ts';
import { noArchive } from './archive-manifest.ts';
import type { StoredGeneration } from './generations.ts';

export interface ForeignGeneration {
  generation: StoredGeneration;
  extraction: Extraction;
}

const recipeText = v.pipe(v.string(), v.parseJson(), anyRecipeSchema);

/** null where there is none. @throws SemblanceError `archive-invalid` */
export function foreignGeneration(foreign: ForeignCatalogue): ForeignGeneration | null {
  const row = [...foreign.rows('generations')].at(0);
  if (row === undefined) return null;
  const description = [...foreign.rows('extractions')].find(
    ({ key }) => key === row.extractionKey,
  )?.description;
  const recipe = v.safeParse(recipeText, row.recipe);
  if (!description || !recipe.success) throw noArchive('its recipe is not known');
  try {
    const extraction = decodeExtraction(description);
    if (row.fit) decodeFitted(row.fit);
    const { id, recipeKey, extractionKey, fitKind, fit, fittedOn, note, createdAtMs } = row;
    const generation = {
      ...{ id, recipeKey, extractionKey, fittedOn, note, createdAtMs, recipe: recipe.output },
      ...{ fit: fitKind, encodedFit: fit, fitted: true },
    };
    return { generation, extraction };
  } catch (error) {
    throw noArchive('what its photos are described by is damaged', error);
  }
}

/**
 * Whether descriptors of both can be compared: made by the same recipe and the same fit, and without what other photos of
 * the library have added to them.
 */
export function isSameGeneration(one: StoredGeneration, other: StoredGeneration): boolean {
  const keys = ({ recipeKey, extractionKey, recipe }: StoredGeneration) =>
    canonical({ recipeKey, extractionKey, recipe });
  if (keys(one) !== keys(other) || one.recipe.augmentation) return false;
  const [a, b] = [one.encodedFit, other.encodedFit];
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
