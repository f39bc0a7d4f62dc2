import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Folder, type PatternCounts, SemblanceError } from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { folderNamed } from '../folder-named.ts';
import { followJobs } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

interface PatternOptions extends LibraryOptions {
  leaveOut?: string[];
  file?: string;
  followLinks?: boolean;
  count: boolean;
}

const listCommand = new Command('list')
  .description('list the folders of the library')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json }: LibraryOptions) => {
    const folders = await withEngine(library, 'read', (engine) => engine.call('folders', {}));
    if (json) console.log(JSON.stringify(folders));
    else for (const folder of folders) printFolder(folder);
  });

const patternsCommand = new Command('patterns')
  .description(
    'show or set what of a folder is left out, in gitignore’s syntax; hidden and system folders are left out already, and a line with ! takes in again',
  )
  .argument('<folder>', 'a folder of the library')
  .addOption(new Option('--leave-out <pattern...>', 'the patterns, one or more').conflicts('file'))
  .option('--file <path>', 'a file with the patterns, or - for standard input')
  .option('--follow-links', 'follow symbolic links, wherever they lead')
  .option('--no-follow-links', 'pass symbolic links over')
  .option('--count', 'only count what would be kept and left out', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (path: string, { library, json, ...options }: PatternOptions) => {
    const patterns = patternsOf(options);
    const isChange = patterns !== undefined || options.followLinks !== undefined;
    await withEngine(library, isChange && !options.count ? 'write' : 'read', async (engine) => {
      const folder = folderNamed(engine, path);
      if (isChange && !options.count) await change(engine, folder, { patterns, ...options });
      const now = folderNamed(engine, path);
      if (options.count) {
        const counts = await engine.call('countPatterns', {
          folderId: folder.id,
          patterns: patterns ?? folder.patterns,
          followLinks: options.followLinks ?? folder.followLinks,
        });
        console.log(json ? JSON.stringify(counts) : countLine(counts));
      } else if (json) console.log(JSON.stringify(now));
      else printFolder(now);
    });
  });

const relocateCommand = new Command('relocate')
  .description('say where the files of a folder are now')
  .argument('<folder>', 'a folder of the library, by the path that it had')
  .argument('<path>', 'the folder that holds them now')
  .addOption(libraryOption())
  .action(async (path: string, to: string, { library }: { library: string }) => {
    await withEngine(library, 'write', async (engine) => {
      const { id } = folderNamed(engine, path);
      const folder = await followJobs(engine, () =>
        engine.call('relocateFolder', { folderId: id, path: resolve(to) }),
      );
      console.log(`${folder.photos} photos of ${path} are at ${folder.path} now.`);
    });
  });

export const foldersCommand = new Command('folders')
  .description('list the folders of the library, say what of them is left out, and where they are now')
  .addCommand(listCommand, { isDefault: true })
  .addCommand(patternsCommand)
  .addCommand(relocateCommand);

function patternsOf({ leaveOut, file }: Pick<PatternOptions, 'leaveOut' | 'file'>): string | undefined {
  if (leaveOut) return leaveOut.join('\n');
  if (file === undefined) return undefined;
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new SemblanceError('not-found', `The patterns in ${file} cannot be read. Check the path.`, {
      cause,
    });
  }
}

async function change(
  engine: Engine,
  { id }: Folder,
  { patterns, followLinks }: { patterns: string | undefined; followLinks?: boolean | undefined },
): Promise<void> {
  await followJobs(engine, () => engine.call('changeFolder', { folderId: id, patterns, followLinks }));
}

function countLine({ kept, leftOut }: PatternCounts): string {
  const words = ({ photos, bytes }: PatternCounts['kept']): string =>
    `${photos.toLocaleString('en')} photos (${(bytes / 1e6).toFixed(1)} MB)`;
  return `kept ${words(kept)}, left out ${words(leftOut)}`;
}

function printFolder({ path, photos, problems, available, patterns, followLinks }: Folder): void {
  const facts = [
    `${photos.toLocaleString('en')} photos`,
    problems > 0 && `${problems} could not be read`,
    !available && 'offline',
    followLinks && 'links are followed',
  ].filter((fact) => fact !== false);
  console.log(`${path}\n  ${facts.join(', ')}`);
  for (const line of patterns.split('\n').filter(Boolean)) console.log(`  leaves out  ${line}`);
}
