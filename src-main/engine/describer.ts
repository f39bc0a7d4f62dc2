/** What describes photos as a generation does. */
import { modelNames, SemblanceError } from '../contract/index.ts';
import {
  decodeFitted,
  type Extraction,
  extractionKey,
  extractionOf,
  learnedPooling,
  nothingFitted,
  type PcaFit,
  RawDescriber,
  rowProduct,
  type Transform,
  transformOf,
} from '../descriptor/index.ts';
import type { Library, StoredGeneration } from '../library/index.ts';
import { installedModels } from '../vision/index.ts';

/**
 * What a generation's cached statistics are. Libraries of the first schema do not say; there it follows from the recipe.
 * @throws SemblanceError `library-damaged` when it is not known
 */
export function extractionOfGeneration(
  library: Library,
  { recipe, extractionKey: key }: StoredGeneration,
): Extraction {
  const known = library.extractions.get(key);
  if (known) return known;
  const installed = installedModels().map(({ info }) => info);
  const hasAll = modelNames(recipe).every((name) => installed.some((model) => model.name === name));
  const derived = hasAll ? extractionOf(recipe, installed) : null;
  if (derived && extractionKey(derived) === key) return derived;
  throw new SemblanceError(
    'library-damaged',
    'It is not known what the stored feature statistics are. Index the folders again.',
  );
}

/** Describes photos, one at a time, by a generation's recipe and fit. */
export class Describer {
  readonly #raw: RawDescriber;
  readonly #transform: Transform;
  /** Where the descriptors are reduced by some. */
  readonly principalComponents: PcaFit | null;

  constructor({ recipe, encodedFit }: StoredGeneration, extraction: Extraction) {
    const fitted = encodedFit ? decodeFitted(encodedFit) : nothingFitted;
    this.principalComponents = fitted.reduction?.kind === 'pca' ? fitted.reduction.fit : null;
    this.#raw = new RawDescriber(recipe, extraction, learnedPooling(fitted));
    this.#transform = transformOf(recipe, fitted, rowProduct);
  }

  pool(code: Uint8Array): Float32Array {
    return this.#raw.describe(code);
  }

  /** @throws SemblanceError `library-damaged`, `recipe-mismatch` */
  async describe(code: Uint8Array): Promise<Float32Array> {
    const values = this.pool(code);
    return (await this.#transform({ rows: 1, columns: values.length, values })).values;
  }
}
