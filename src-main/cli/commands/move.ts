import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CommandArguments, type ExportedLibrary } from '../../contract/index.ts';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { megabytes } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

type Root = CommandArguments['importLibrary']['roots'][number];

interface ImportOptions extends LibraryOptions {
  root: Root[];
  leaveOut: string[];
  dryRun: boolean;
}

export const exportCommand = new Command('export')
  .description(
    'write the library into one zip file, to keep it or to go on elsewhere; the photos themselves stay where they are',
  )
  .argument('<file>', 'the zip file')
  .option('--no-thumbnails', 'leave the thumbnails out, which are made anew where the photos are there')
  .option('--force', 'replace a file of that name', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(
    async (
      file: string,
      { library, json, thumbnails, force }: LibraryOptions & { thumbnails: boolean; force: boolean },
    ) => {
      const path = resolve(file);
      // Beside a Semblance that is running, which goes on meanwhile.
      await withEngine(library, 'read', async (engine) => {
        await followJobs(engine, () => engine.call('exportLibrary', { path, thumbnails, replace: force }));
        const jobs = engine.jobs.list();
        refuseCancelled(jobs, 'Stopped. There is no file.');
        const exported = await engine.call('inspectExport', { path, roots: [] });
        const size = `${megabytes(exported.sizeBytes)} MB`;
        if (json) console.log(JSON.stringify(exported));
        else console.log(`${jobs.at(-1)?.outcome ?? ''} ${size}.`);
      });
    },
  );

export const importCommand = new Command('import')
  .description('take in a library that was exported; what both have is one')
  .argument('<file>', 'the zip file')
  .addOption(
    new Option(
      '--root <old=new>',
      'where folders of that library are here, by the folder itself or one above; can be given several times',
    )
      .argParser(collectRoots)
      .default([], 'where they were'),
  )
  .option('--leave-out <folders...>', 'folders of that library that are not taken in', [])
  .option('--dry-run', 'only tell what would come', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (file: string, { library, json, root, leaveOut, dryRun }: ImportOptions) => {
    const path = resolve(file);
    const roots = [...root, ...leaveOut.map((from) => ({ from, to: null }))];
    await withEngine(library, 'write', async (engine) => {
      const exported = await engine.call('inspectExport', { path, roots });
      if (!json) printExported(exported);
      await followJobs(engine, () => engine.call('importLibrary', { path, roots, dryRun }));
      const jobs = engine.jobs.list();
      refuseCancelled(jobs, 'Stopped. The library is as it was.');
      const outcome = jobs.find(({ kind }) => kind === 'import')?.outcome ?? '';
      if (json) console.log(JSON.stringify({ ...exported, outcome }));
      else console.log(outcome);
    });
  });

function collectRoots(text: string, before: Root[]): Root[] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1)
    throw new InvalidArgumentError('Say it as OLD=NEW, e.g. /old/photos=/new/photos.');
  return [...before, { from: text.slice(0, at), to: resolve(text.slice(at + 1)) }];
}

function printExported({ photos, folders, exportedAtMs, appVersion, sizeBytes }: ExportedLibrary): void {
  const day = new Date(exportedAtMs).toISOString().slice(0, 10);
  console.log(
    `${photos.toLocaleString('en')} photos, exported on ${day} by Semblance ${appVersion}, ${megabytes(sizeBytes)} MB`,
  );
  for (const { path, photos: inFolder, to, isThere, found, sampled } of folders) {
    const where = to === null ? 'left out' : isThere ? `${found} of ${sampled} found` : 'not there: offline';
    const arrow = to === null || to === path ? '' : ` → ${to}`;
    console.log(`  ${path}${arrow}\n    ${inFolder.toLocaleString('en')} photos, ${where}`);
  }
}
