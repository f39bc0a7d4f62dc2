import { Command } from 'commander';
import { SemblanceError, tagSchema } from '../../contract/index.ts';
import * as v from 'valibot';
import { libraryPhotos } from '../library-photos.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { printOutcome } from '../outcome.ts';
import { withEngine } from '../with-engine.ts';

/** @throws SemblanceError `invalid-arguments` */
function tagNamed(text: string): string {
  const tag = v.safeParse(tagSchema, text);
  if (tag.success) return tag.output;
  throw new SemblanceError('invalid-arguments', `'${text}' cannot be a tag: ${tag.issues[0].message}.`);
}

function changing(name: 'add' | 'remove', description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<tag>', 'a word or a few')
    .argument('<path...>', 'photos of the library, or folders for all photos in them')
    .addOption(libraryOption())
    .addOption(jsonOption())
    .action(async (text: string, paths: string[], { library, json }: LibraryOptions) => {
      const tags = [tagNamed(text)];
      const outcome = await withEngine(library, 'write', async (engine) =>
        engine.call('changeTags', {
          photos: { photoIds: await libraryPhotos(engine, paths) },
          add: name === 'add' ? tags : [],
          remove: name === 'remove' ? tags : [],
        }),
      );
      printOutcome(outcome, json);
    });
}

const list = new Command('list')
  .description('all tags, with how many pictures have them')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const tags = await withEngine(library, 'read', (engine) => engine.call('tags', {}));
    if (json) console.log(JSON.stringify(tags));
    else for (const { tag, photos } of tags) console.log(`${String(photos).padStart(7)}  ${tag}`);
  });

const rename = new Command('rename')
  .description('give a tag another name everywhere; where that one exists, the two become one')
  .argument('<from>')
  .argument('<to>')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (from: string, to: string, { library, json }: LibraryOptions) => {
    const names = { from: tagNamed(from), to: tagNamed(to) };
    const outcome = await withEngine(library, 'write', (engine) => engine.call('renameTag', names));
    printOutcome(outcome, json);
  });

export const tagCommand = new Command('tag')
  .description('give tags to photos and take them away; the files are never written')
  .addCommand(changing('add', 'give a tag to photos'))
  .addCommand(changing('remove', 'take a tag from photos, also one that the file itself holds'))
  .addCommand(list)
  .addCommand(rename);
