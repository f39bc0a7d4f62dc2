/** Reads resources/catalogue.json; resources/catalogue.md says where its facts come from. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import {
  type CatalogueEntry,
  catalogueEntrySchema,
  type CatalogueItem,
  messageOf,
  SemblanceError,
} from '../contract/index.ts';
import { downloadedFile } from './add-model.ts';
import { keptBytes } from './download.ts';
import { installedModels } from './models.ts';

const catalogueSchema = v.strictObject({
  models: v.pipe(
    v.array(catalogueEntrySchema),
    v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two models have one name'),
  ),
});

/**
 * SEMBLANCE_CATALOGUE, which whoever starts the engine may set, as tests do; else the one that comes along. From source and
 * from the bundle alike, resources/ lies two folders above this file.
 */
function catalogueFile(): string {
  const { SEMBLANCE_CATALOGUE } = process.env;
  if (SEMBLANCE_CATALOGUE) return path.resolve(SEMBLANCE_CATALOGUE);
  return fileURLToPath(new URL('../../resources/catalogue.json', import.meta.url));
}

/** @throws SemblanceError `not-available` where the catalogue cannot be read */
function entries(): CatalogueEntry[] {
  const file = catalogueFile();
  try {
    return v.parse(catalogueSchema, JSON.parse(readFileSync(file, 'utf8'))).models;
  } catch (cause) {
    const detail = messageOf(cause);
    throw new SemblanceError(
      'not-available',
      `The catalogue of models, ${file}, cannot be read (${detail}). Models can still be imported from files.`,
      { cause },
    );
  }
}

/** @throws SemblanceError `not-found`, and as `catalogue` */
export function catalogueEntry(name: string): CatalogueEntry {
  const entry = entries().find((each) => each.name === name);
  if (entry) return entry;
  throw new SemblanceError(
    'not-found',
    `There is no model '${name.slice(0, 100)}' in the catalogue. See: semblance models catalogue`,
  );
}

/** All entries, and how they stand on this machine. @throws SemblanceError `not-available`, and as `installedModels` */
export function catalogue(): CatalogueItem[] {
  const installed = installedModels();
  return entries().map((entry) => ({
    ...entry,
    installedAs: installed.find(({ info }) => info.catalogueName === entry.name)?.info.name ?? null,
    keptBytes: entry.address === null ? 0 : keptBytes(downloadedFile(entry.address.value)),
  }));
}
