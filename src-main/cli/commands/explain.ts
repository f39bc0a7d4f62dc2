import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  type Example,
  type Explanation,
  heatWords,
  messageOf,
  SemblanceError,
} from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { heatPicture, limitsFor, readPhotoFile } from '../../vision/index.ts';
import { libraryPhotos } from '../library-photos.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { readExample } from '../photo-file.ts';
import { withEngine } from '../with-engine.ts';

type ExplainOptions = LibraryOptions & { picture?: string };

export const explainCommand = new Command('explain')
  .description('tell why a photo of the library is as similar to another photo as it is')
  .argument('<query>', 'the photo that was searched with; it need not be in the library')
  .argument('<result>', 'the photo of the library that was found')
  .option('--picture <file.png>', 'draw where the match is over both photos, side by side')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (queryPath: string, resultPath: string, { library, json, picture }: ExplainOptions) => {
    const example = await readExample(queryPath);
    await withEngine(library, 'read', async (engine) => {
      const photoId = await photoAt(engine, resultPath);
      const explanation = await engine.call('explain', { examples: [example], photoId });
      if (picture !== undefined) await draw(engine, picture, { example, photoId, explanation });
      if (json) console.log(JSON.stringify(explanation));
      else print(explanation);
    });
  });

/** @throws SemblanceError `not-found`, or `invalid-arguments` for a folder */
async function photoAt(engine: Engine, path: string): Promise<number> {
  const ids = await libraryPhotos(engine, [path]);
  if (ids.length === 1) return ids[0];
  throw new SemblanceError('invalid-arguments', `${path} is a folder. Name one photo.`);
}

interface Drawing {
  example: Extract<Example, { kind: 'bytes' }>;
  photoId: number;
  explanation: Explanation;
}

async function draw(
  { library }: Engine,
  file: string,
  { example, photoId, explanation: { examples, result } }: Drawing,
): Promise<void> {
  const { path, name } = library.photos.details(photoId);
  const { bytes } = await readPhotoFile(path);
  const limits = limitsFor(library.settings.get().maxMegapixels);
  const png = await heatPicture(
    [[{ ...example, heatMap: examples[0].heatMap }], [{ bytes, name, heatMap: result.heatMap }]],
    limits,
  );
  try {
    await writeFile(resolve(file), png);
  } catch (cause) {
    throw new SemblanceError(
      'invalid-arguments',
      `${file} cannot be written (${messageOf(cause)}). Choose another place.`,
      { cause },
    );
  }
}

function print({ score, approximate, examples, result }: Explanation): void {
  const row = (share: number, words: string): void => {
    console.log(`${share.toFixed(4).padStart(9)}  ${words}`);
  };
  row(score, `score${approximate ? ', of which the parts are approximate' : ''}`);
  console.log('Of which, by what the result shows:');
  for (const { tap, model, scale, share } of result.parts)
    row(share, `${tap} of ${model}, scale ${scale.toFixed(2)}`);
  row(result.constant, 'constant');
  console.log(`Where, in the query:  ${heatWords(examples[0].heatMap)}`);
  console.log(`Where, in the result: ${heatWords(result.heatMap)}`);
}
