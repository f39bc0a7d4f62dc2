/** The system's bin, from plain Node. */
import { createRequire } from 'node:module';
import type trashFunction from 'trash';

// A bundler's default import of a module that has no CommonJS form is not the function itself.
const { default: trash } = createRequire(import.meta.url)('trash') as { default: typeof trashFunction };

/** @param path taken as it is, and not as a pattern */
export async function moveToBin(path: string): Promise<void> {
  await trash(path, { glob: false });
}
