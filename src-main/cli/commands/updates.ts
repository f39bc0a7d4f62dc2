import { Command } from 'commander';
import { UpdateChecker } from '../../engine/index.ts';
import { jsonOption } from '../options.ts';

export const updatesCommand = new Command('updates')
  .description('ask the release feed whether there is a newer version, once; nothing else ever asks')
  .addOption(jsonOption())
  .action(async ({ json }: { json: boolean }) => {
    const { version, feed, last } = await new UpdateChecker().check();
    if (json) {
      console.log(JSON.stringify({ version, feed, last }));
      return;
    }
    if (!last?.isNewer) {
      console.log(`Semblance ${version} is the newest: ${feed} has ${last?.version ?? version}.`);
      return;
    }
    const where = last.page === null ? '' : ` It is at ${last.page}`;
    console.log(`Semblance ${last.version} is newer than ${version}, which runs here.${where}`);
    if (last.notes !== '') console.log(`\n${last.notes}`);
  });
