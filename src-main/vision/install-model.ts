/** Adds a model of the catalogue, from its address or from a file that the person has got. */
import { type CatalogueEntry, conventions, type ModelInfo, SemblanceError } from '../contract/index.ts';
import { addModel, addModelFrom, type ModelDescription } from './add-model.ts';
import { isTaken } from './store-model.ts';
import { catalogueEntry } from './catalogue.ts';
import type { DownloadOptions } from './download.ts';
import { installedModels } from './models.ts';

export type InstallOptions = Omit<DownloadOptions, 'sha256' | 'sizeBytes'> & {
  /** Told when the file is there, and the model is looked at. */
  onWhole?: () => void;
};

/** What to say where the licence has not been looked up. */
const unknownLicence = 'licence not verified';

/**
 * An entry that can be installed from where it is wished.
 * @param from 'file' for a file on this machine, 'address' for the web
 * @throws SemblanceError `not-found`, `invalid-arguments` where it is installed already, or has no address
 */
export function installable(name: string, from: 'file' | 'address'): CatalogueEntry {
  const entry = catalogueEntry(name);
  const installed = installedModels().find(({ info }) => info.catalogueName === name);
  if (installed) {
    throw new SemblanceError(
      'invalid-arguments',
      `${entry.title} is installed already, as '${installed.info.name}'.`,
    );
  }
  if (from === 'address') addressOf(entry);
  return entry;
}

/** @throws SemblanceError `invalid-arguments` */
function addressOf({ name, title, address }: CatalogueEntry): string {
  if (address) return address.value;
  throw new SemblanceError(
    'invalid-arguments',
    `No address of ${title} could be verified. The catalogue says how to get its file. Then add it from there: semblance models install ${name} --file FILE`,
  );
}

/**
 * @param file on this machine, or null to download it
 * @throws SemblanceError of `installable`, `download` and `addModel`
 */
export async function installModel(
  name: string,
  file: string | null,
  options: InstallOptions = {},
): Promise<ModelInfo> {
  const entry = installable(name, file === null ? 'address' : 'file');
  const { sha256, sizeBytes } = entry;
  const request = {
    name: freeName(name),
    preprocessing: conventions[entry.preprocessing.value].preprocessing,
    layout: null,
    description: describedBy(entry),
    sha256: sha256?.value ?? null,
  };
  if (file !== null) {
    options.onWhole?.();
    return addModel({ ...request, file }, options.signal);
  }
  return addModelFrom(addressOf(entry), request, {
    ...options,
    sha256: sha256?.value,
    sizeBytes: sizeBytes?.value,
  });
}

function describedBy({ name, title, purpose, licence, origin, usualTaps }: CatalogueEntry): ModelDescription {
  return {
    title,
    purpose,
    licence: licence?.value ?? unknownLicence,
    origin,
    catalogueName: name,
    usualTaps,
  };
}

/** The name of the entry, or one with a number where the person has called another model so. */
function freeName(name: string): string {
  for (let number = 2, free = name; ; free = `${name}-${number++}`) if (!isTaken(free)) return free;
}
