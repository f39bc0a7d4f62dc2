import type { GenericSchema } from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  commandArguments,
  type CommandName,
  hostCommandArguments,
  movingArguments,
  pathArgumentsOf,
} from '../../src-main/contract/index.ts';

interface Parts {
  type: string;
  entries?: Record<string, GenericSchema>;
  item?: GenericSchema;
  wrapped?: GenericSchema;
  options?: GenericSchema[];
}

/** Where a schema takes text under a name that sounds like a place on the machine. */
function placesIn(schema: GenericSchema, where: string): string[] {
  const { type, entries = {}, item, wrapped, options } = schema as unknown as Parts;
  const inner = [
    ...Object.entries(entries).map(([name, entry]): [GenericSchema, string] => [entry, `${where}.${name}`]),
    ...[item, wrapped].flatMap((each): [GenericSchema, string][] => (each ? [[each, where]] : [])),
    ...(Array.isArray(options) ? options : [])
      .filter((each) => typeof each === 'object')
      .map((each): [GenericSchema, string] => [each, where]),
  ];
  if (type === 'string' && /path|file|folder|director|root/i.test(where.split('.').at(-1) ?? ''))
    return [where];
  return inner.flatMap(([each, place]) => placesIn(each, place));
}

/** Compared with what the catalogue knows, and never opened. */
const onlyCompared = [/\.filter\.directory$/, /^(binPhotos|checkBinning)\.(photos|kept)\.path$/];

/** The server refuses these whole: they move libraries, and may name folders anywhere. */
const refused = (place: string): boolean => Object.hasOwn(movingArguments, place.split('.')[0]);

describe('the contract', () => {
  it('knows of every path that a command takes, so that the server confines it', () => {
    const all = Object.entries({ ...commandArguments, ...hostCommandArguments });
    const found = all
      .flatMap(([name, schema]) => placesIn(schema as unknown as GenericSchema, name))
      .filter((place) => !refused(place));
    const known = Object.keys(commandArguments).flatMap((name) =>
      pathArgumentsOf(name as CommandName).map(([argument]) => `${name}.${argument}`),
    );
    expect(
      [...new Set(found)].filter((place) => !onlyCompared.some((each) => each.test(place))).sort(),
    ).toEqual(known.sort());
    expect(known).toEqual(['addFolder.path', 'importModel.path', 'installModel.path', 'relocateFolder.path']);
  });
});
