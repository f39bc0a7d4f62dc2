import { Command, Option } from 'commander';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

export const mapCommand = new Command('map')
  .description('lay the photos out in two dimensions, so that similar ones lie near each other')
  .addOption(new Option('--method <name>', 'how').choices(['umap', 'tsne']).default('umap'))
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, method }: LibraryOptions & { method: 'umap' | 'tsne' }) => {
    await withEngine(library, 'write', async (engine) => {
      await followJobs(engine, () => engine.call('makeMap', { method }));
      refuseCancelled(engine.jobs.list(), 'Stopped.');
      const map = await engine.call('map', {});
      if (json) console.log(JSON.stringify(map));
      else console.log(`${map?.points.length ?? 0} photos laid out by ${method}; --json prints where.`);
    });
  });
