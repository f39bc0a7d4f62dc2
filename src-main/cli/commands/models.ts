import { Command } from 'commander';
import { installedModels } from '../../vision/index.ts';
import { jsonOption } from '../options.ts';

export const modelsCommand = new Command('models')
  .description('list the installed backbones with licence and origin')
  .addOption(jsonOption())
  .action(({ json }: { json: boolean }) => {
    const models = installedModels().map(({ info }) => info);
    if (json) {
      console.log(JSON.stringify(models));
      return;
    }
    for (const { name, title, purpose, licence, origin, sha256, sizeBytes, taps } of models) {
      console.log(
        [
          `${name}: ${title} (${(sizeBytes / 1e6).toFixed(1)} MB)`,
          `  purpose  ${purpose}`,
          `  licence  ${licence}`,
          `  origin   ${origin}`,
          `  sha256   ${sha256}`,
          `  taps     ${taps.map((tap) => `${tap.name} (${tap.channels} channels, stride ${tap.stride})`).join(', ')}`,
        ].join('\n'),
      );
    }
  });
