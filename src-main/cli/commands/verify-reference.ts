import { Command } from 'commander';
import { verifyReference } from '../../evaluate/index.ts';
import { jsonOption } from '../options.ts';

export const verifyReferenceCommand = new Command('verify-reference')
  .description('run golden data through this code and print the errors of every array')
  .argument('<dir>', 'a folder in the format of shared/reference')
  .addOption(jsonOption())
  .action(async (folder: string, { json }: { json: boolean }) => {
    for await (const line of verifyReference(folder)) {
      // JSON has no infinity and would say null, which looks harmless.
      if (json)
        console.log(JSON.stringify(line, (_, value: unknown) => (value === Infinity ? 1e308 : value)));
      else {
        const { array, maxAbsoluteError, maxRelativeError, spearman } = line;
        const correlation = spearman === undefined ? '' : `  Spearman ${spearman.toFixed(4)}`;
        console.log(
          `${array.padEnd(36)} absolute ${maxAbsoluteError.toExponential(2)}  relative ${maxRelativeError.toExponential(2)}${correlation}`,
        );
      }
    }
  });
