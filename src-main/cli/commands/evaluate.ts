import { Command, Option } from 'commander';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

export const evaluateCommand = new Command('evaluate')
  .description('measure the search on the library itself, each photo once as the query')
  .addOption(
    new Option('--by <labels>', 'what tells which photos belong together')
      .choices(['folder'])
      .default('folder'),
  )
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const report = await withEngine(library, 'read', (engine) => engine.call('evaluate', { by: 'folder' }));
    if (json) {
      console.log(JSON.stringify(report));
      return;
    }
    const { queries, mAP, precisionAt1, precisionAt10, fit } = report;
    console.log(
      `mAP ${mAP.toFixed(3)}, P@1 ${precisionAt1.toFixed(3)}, P@10 ${precisionAt10.toFixed(3)} (${queries} queries, fit: ${fit})`,
    );
  });
