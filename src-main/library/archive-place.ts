/** Folders for what is unpacked and put together while a library moves; they go when that is over. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const prefix = 'moving-';
/** Nothing takes so long: what is older was left behind by a program that was ended. */
const staleMs = 24 * 3_600_000;

/** @param libraryPath on whose disk there has to be room */
export async function withTemporaryFolder<Result>(
  libraryPath: string,
  action: (folder: string) => Promise<Result>,
): Promise<Result> {
  removeStale(libraryPath);
  const folder = mkdtempSync(join(libraryPath, prefix));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function removeStale(libraryPath: string): void {
  for (const name of readdirSync(libraryPath)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(libraryPath, name);
    const changedAtMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changedAtMs > staleMs) rmSync(folder, { recursive: true, force: true });
  }
}
