import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { SemblanceError } from '../../contract/index.ts';
import { folderNamed } from '../folder-named.ts';
import { libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

export const removeCommand = new Command('remove')
  .description('forget a folder and its photos; files are never touched')
  .argument('<folder>', 'a folder of the library')
  .addOption(libraryOption())
  .option('--yes', 'do not ask', false)
  .action(async (path: string, { library, yes }: { library: string; yes: boolean }) => {
    await withEngine(library, 'write', async (engine) => {
      const folder = folderNamed(engine, path);
      if (!yes && !(await confirmed(`Forget ${folder.photos} photos of ${folder.path}? Files stay. [y/N] `)))
        return;
      const { forgotten } = await engine.call('removeFolder', { folderId: folder.id });
      console.log(`Forgot ${forgotten} photos of ${folder.path}. The files are untouched.`);
    });
  });

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SemblanceError('invalid-arguments', 'There is nobody to ask. Add --yes to forget the folder.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
