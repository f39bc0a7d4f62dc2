import { Command, InvalidArgumentError } from 'commander';
import { libraryPhotos } from '../library-photos.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { printOutcome } from '../outcome.ts';
import { withEngine } from '../with-engine.ts';

function stars(text: string): number {
  if (/^[0-5]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be 1 to 5, or 0 for none.');
}

export const rateCommand = new Command('rate')
  .description('rate photos; the files are never written')
  .argument('<rating>', '1 to 5, or 0 for none', stars)
  .argument('<path...>', 'photos of the library, or folders for all photos in them')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (rating: number, paths: string[], { library, json }: LibraryOptions) => {
    const outcome = await withEngine(library, 'write', async (engine) =>
      engine.call('rate', { photos: { photoIds: await libraryPhotos(engine, paths) }, rating }),
    );
    printOutcome(outcome, json);
  });
