/** Small files in the models' folder that keep what was found out of this machine. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownModelsFolder } from './model-folders.ts';

export function keptFile(name: string): string {
  return path.join(ownModelsFolder(), name);
}

/** Puts a file in the place of the one before. Where the folder cannot be written, it is found out again the next time. */
export function keepFile(name: string, text: string): void {
  const temporary = `${keptFile(name)}.${process.pid}`;
  try {
    mkdirSync(ownModelsFolder(), { recursive: true });
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, keptFile(name));
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

/** Whether the system refused something with a file. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
