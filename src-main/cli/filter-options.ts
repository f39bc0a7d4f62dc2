/** Options that choose photos, where a command asks for some only. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type PhotoFilter, SemblanceError, tagKey } from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { placeOf } from './library-photos.ts';
import { wholeNumber } from './options.ts';

export interface FilterOptions {
  tag: string[];
  rating?: number;
  folder?: string;
  takenFrom?: number;
  takenBefore?: number;
  format: string[];
  offline?: boolean;
}

const several = (value: string, all: string[]): string[] => [...all, value];

export function withFilterOptions(command: Command): Command {
  return command
    .option('--tag <tag>', 'only photos with this tag; repeatable, then with all of them', several, [])
    .addOption(new Option('--rating <n>', 'only photos rated so high or higher').argParser(wholeNumber(1)))
    .option('--folder <dir>', 'only photos in this folder, or below it')
    .option('--taken-from <date>', 'only photos taken on this day or later, e.g. 2024-07-01', day)
    .option('--taken-before <date>', 'only photos taken before this day', day)
    .option('--format <name>', 'only photos of this format, e.g. jpeg; repeatable', several, [])
    .option('--offline', 'only photos on drives that are not there')
    .option('--no-offline', 'only photos on drives that are there');
}

/** As cameras tell it: a date without a time zone (`PhotoMetadata.takenAtMs`). */
function day(text: string): number {
  const time = /^\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?)?)?$/.test(text)
    ? Date.parse(text.includes('T') ? `${text}Z` : text)
    : NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a date such as 2024-07-01.');
  return time;
}

/** @throws SemblanceError `not-found` for a folder that is none of the library's, or a tag that there is not */
export async function filterOf(engine: Engine, options: FilterOptions): Promise<PhotoFilter> {
  const { rating, folder, takenFrom, takenBefore, format, offline } = options;
  const tags = options.tag.length > 0 ? await tagsNamed(engine, options.tag) : undefined;
  return {
    ...(folder === undefined ? {} : folderFilter(engine, folder)),
    ...(takenFrom === undefined ? {} : { takenFromMs: takenFrom }),
    ...(takenBefore === undefined ? {} : { takenBeforeMs: takenBefore }),
    ...(format.length > 0
      ? { formats: format.map((name) => name.toLowerCase().replace(/^jpg$/, 'jpeg')) }
      : {}),
    ...(tags ? { tags } : {}),
    ...(rating === undefined ? {} : { leastRating: rating }),
    ...(offline === undefined ? {} : { offline }),
  };
}

async function tagsNamed(engine: Engine, names: string[]): Promise<string[]> {
  const known = await engine.call('tags', {});
  return names.map((name) => {
    const found = known.find(({ tag }) => tagKey(tag) === tagKey(name));
    if (found) return found.tag;
    throw new SemblanceError('not-found', `There is no tag “${name}”. See: semblance tag list`);
  });
}

function folderFilter(engine: Engine, path: string): PhotoFilter {
  const { folder, directory } = placeOf(engine, path);
  if (folder) return { folderIds: [folder.id], directory };
  throw new SemblanceError('not-found', `${path} is no folder of this library. See: semblance status`);
}
