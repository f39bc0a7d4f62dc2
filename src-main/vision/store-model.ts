/** Puts a model among the user's own, whole or not at all. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelInfo, SemblanceError } from '../contract/index.ts';
import { isAlive } from './is-alive.ts';
import { ownModelsFolder } from './model-folders.ts';
import { installedModels } from './models.ts';

/** Whether a model, or something else where its folder would be, has this name. */
export function isTaken(name: string): boolean {
  return (
    installedModels().some(({ info }) => info.name === name) || existsSync(path.join(ownModelsFolder(), name))
  );
}

/** Folders that processes have left behind which ended while they made a model. */
function unfinished(): string[] {
  const folder = ownModelsFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => {
      const pid = /^\.making-(\d+)-/.exec(name)?.[1];
      return pid !== undefined && !isAlive(Number(pid));
    })
    .map((name) => path.join(folder, name));
}

/**
 * Lets something write a model into an empty folder, which becomes the model's own only once that has succeeded.
 * @throws what the action throws; nothing of the model stays then
 */
export async function inNewFolder<Result>(
  name: string,
  action: (folder: string) => Promise<Result>,
): Promise<Result> {
  const making = path.join(ownModelsFolder(), `.making-${process.pid}-${name}`);
  for (const left of [making, ...unfinished()]) rmSync(left, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    const result = await action(making);
    renameSync(making, path.join(ownModelsFolder(), name));
    return result;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/**
 * Writes a model into a folder.
 * @param described all but what follows from the graph
 * @throws SemblanceError `invalid-arguments` when the same graph is installed already
 */
export function writeModelFolder(
  folder: string,
  graph: Uint8Array,
  described: Omit<ModelInfo, 'sha256' | 'sizeBytes' | 'isOwn'>,
): ModelInfo {
  const info: ModelInfo = {
    ...described,
    isOwn: true,
    sha256: createHash('sha256').update(graph).digest('hex'),
    sizeBytes: graph.length,
  };
  const same = installedModels().find((model) => model.info.sha256 === info.sha256);
  if (same) {
    throw new SemblanceError('invalid-arguments', `This model is installed already, as '${same.info.name}'.`);
  }
  writeFileSync(path.join(folder, 'graph.onnx'), graph);
  writeFileSync(path.join(folder, 'model.json'), `${JSON.stringify(info, null, 2)}\n`);
  return info;
}
