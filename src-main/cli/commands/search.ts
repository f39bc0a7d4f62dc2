import { Command } from 'commander';
import type { PhotoDetails, PhotoMetadata } from '../../contract/index.ts';
import { type FilterOptions, filterOf, withFilterOptions } from '../filter-options.ts';
import { jsonOption, type LibraryOptions, libraryOption, wholeNumber } from '../options.ts';
import { readExample } from '../photo-file.ts';
import { withEngine } from '../with-engine.ts';

type SearchOptions = LibraryOptions & FilterOptions & { top: number };

export const searchCommand = withFilterOptions(
  new Command('search').description(
    'rank the photos of the library by similarity to one photo, or to the mean of several',
  ),
)
  .argument('<photo...>', 'example photos; they need not be in the library')
  .addOption(libraryOption())
  .option('--top <k>', 'how many results', wholeNumber(1), 10)
  .addOption(jsonOption())
  .action(async (paths: string[], { library, top, json, ...options }: SearchOptions) => {
    const examples = await Promise.all(paths.map(readExample));
    const answer = await withEngine(library, 'read', async (engine) =>
      engine.call('search', { examples, top, filter: await filterOf(engine, options) }),
    );
    if (json) {
      const results = answer.results.map(({ rank, score, photo }) => ({
        rank,
        score,
        path: photo.path,
        photoId: photo.id,
        ...metadataOf(photo),
      }));
      console.log(JSON.stringify({ results, milliseconds: answer.milliseconds }));
      return;
    }
    for (const { rank, score, photo } of answer.results) {
      console.log(`${String(rank).padStart(4)}  ${score.toFixed(3)}  ${photo.path}`);
    }
  });

function metadataOf(photo: PhotoDetails): PhotoMetadata & Pick<PhotoDetails, 'rating' | 'tags'> {
  const { takenAtMs, camera, lens, latitude, longitude, rating, tags } = photo;
  return { takenAtMs, camera, lens, latitude, longitude, rating, tags };
}
