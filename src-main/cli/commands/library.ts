import { Command } from 'commander';
import { setAside } from '../../engine/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

const repair = new Command('repair')
  .description('set a damaged catalogue aside and start anew with the backup of tags, ratings and recipes')
  .addOption(libraryOption())
  .option('--force', 'also a catalogue that is not damaged', false)
  .addOption(jsonOption())
  .action(async ({ library, json, force }: LibraryOptions & { force: boolean }) => {
    const aside = setAside(library, force);
    const { folders, tags } = await withEngine(library, 'write', async (engine) => ({
      folders: await engine.call('folders', {}),
      tags: engine.library.decisions.counts(),
    }));
    if (json) {
      console.log(
        JSON.stringify({ setAside: aside, folders: folders.map(({ path }) => path), restored: tags }),
      );
      return;
    }
    if (aside.length === 0) console.log('There was no catalogue; it starts anew.');
    else console.log(`Set aside, to be deleted when nobody misses it: ${aside.join(', ')}`);
    console.log(
      `Back from the backup: ${tags.tags} tags of pictures, ${tags.ratings} ratings, ${tags.notDuplicates} marks, ${tags.kept} kept.`,
    );
    const paths = folders.map(({ path }) => `'${path}'`).join(' ');
    console.log(`Now index the photos again: semblance index ${paths === '' ? 'FOLDER' : paths}`);
  });

export const libraryCommand = new Command('library')
  .description('care for the library as a whole')
  .addCommand(repair);
