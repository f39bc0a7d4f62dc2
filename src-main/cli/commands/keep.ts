import { Command } from 'commander';
import { type PhotoDetails, SemblanceError } from '../../contract/index.ts';
import { libraryPhotos } from '../library-photos.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { printOutcome } from '../outcome.ts';
import { withEngine } from '../with-engine.ts';

type KeepOptions = LibraryOptions & { list: boolean; remove: boolean };

/** As many pictures are asked for at a time. */
const pageSize = 1000;

export const keepCommand = new Command('keep')
  .description('choose photos to keep among their duplicates: none of them is ever suggested for the bin')
  .argument('[path...]', 'photos of the library, or folders for all photos in them')
  .option('--remove', 'take that back', false)
  .option('--list', 'list the photos that are kept', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (paths: string[], { library, json, list, remove }: KeepOptions) => {
    if (list) {
      const kept = await keptPhotos(library);
      if (json) console.log(JSON.stringify(kept.map(({ id, path }) => ({ photoId: id, path }))));
      else for (const { path } of kept) console.log(path);
      return;
    }
    if (paths.length === 0) {
      throw new SemblanceError('invalid-arguments', 'Name a photo to keep. See: semblance keep --help');
    }
    const outcome = await withEngine(library, 'write', async (engine) =>
      engine.call('keepPhotos', { photoIds: await libraryPhotos(engine, paths), keep: !remove }),
    );
    printOutcome(outcome, json);
  });

function keptPhotos(library: string): Promise<PhotoDetails[]> {
  return withEngine(library, 'read', async (engine) => {
    const kept: PhotoDetails[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const { total, photoIds } = await engine.call('keptPhotos', { offset, limit: pageSize });
      kept.push(...engine.library.photos.byId(photoIds));
      if (offset + pageSize >= total) return kept;
    }
  });
}
