/** The pages of the guide that are made from definitions, by their files' names, as they are stored. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, type Options } from 'prettier';
import { program } from '../program.ts';
import { commandLineReference } from './command-line-reference.ts';
import { contractReference } from './contract-reference.ts';

const root = join(import.meta.dirname, '../../..');

export const guideFolder = join(root, 'resources/guide');

/** Formatted as everything in the repository is. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const style = JSON.parse(await readFile(join(root, '.prettierrc.json'), 'utf8')) as Options;
  const pages = {
    'reference-contract.md': contractReference(),
    'reference-command-line.md': commandLineReference(program),
  };
  const formatted = Object.entries(pages).map(
    async ([name, text]) =>
      [name, await format(text, { ...style, plugins: [], parser: 'markdown' })] as const,
  );
  return new Map(await Promise.all(formatted));
}
