import { Command } from 'commander';
import { describeExample } from '../../engine/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { readExample } from '../photo-file.ts';
import { withEngine } from '../with-engine.ts';

export const descriptorCommand = new Command('descriptor')
  .description("print the descriptors of photos by the library's recipe and fit")
  .argument('<photo...>', 'photos; they need not be in the library')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (paths: string[], { library, json }: LibraryOptions) => {
    const examples = await Promise.all(paths.map(readExample));
    await withEngine(library, 'read', async (engine) => {
      for (const [i, example] of examples.entries()) {
        const descriptor = await describeExample(engine, example);
        const values = Array.from(descriptor);
        if (json)
          console.log(JSON.stringify({ path: paths[i], dimension: values.length, descriptor: values }));
        else console.log(`${paths[i]}  ${values.map((value) => value.toFixed(5)).join(' ')}`);
      }
    });
  });
