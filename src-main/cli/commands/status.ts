import { Command } from 'commander';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

export const statusCommand = new Command('status')
  .description('say what is in the library and what computes')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const { status, offline } = await withEngine(library, 'read', async (engine) => ({
      status: await engine.call('status', {}),
      offline: (await engine.call('folders', {}))
        .filter(({ available }) => !available)
        .map(({ path }) => path),
    }));
    if (json) {
      console.log(JSON.stringify(status));
      return;
    }
    const { generation, search } = status;
    const above =
      search.crossover === null
        ? 'HNSW above a number of photos that is measured when there are many'
        : `HNSW above ${search.crossover} photos, as measured on this machine`;
    const hnsw = search.hnswAvailable
      ? above
      : `HNSW is not available: ${search.hnswReason ?? 'unknown reason'}`;
    const fit = generation ? `${generation.fit}, of ${generation.fittedOn} photos` : 'none yet';
    console.log(
      [
        `Semblance ${status.version} on Node ${status.node}`,
        `Library   ${status.libraryPath}`,
        `Photos    ${status.photos} in ${status.folders} folders, ${status.problems} could not be read`,
        ...offline.map((path) => `Offline   ${path}`),
        `Fit       ${fit}`,
        `Search    ${search.tier}; ${hnsw}`,
        ...(search.note === null ? [] : [`Index     ${search.note}`]),
        `Computes  ${status.provider}, ${status.threads} threads, model '${status.model}'`,
      ].join('\n'),
    );
  });
