/** Puts a model among the user's own, whole or not at all. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelInfo, SemblanceError } from '../contract/index.ts';
import { installedModels } from './models.ts';

/**
 * @param folder where own models lie
 * @param described all but what follows from the graph
 * @throws SemblanceError `invalid-arguments` when the same graph is installed already
 */
export function storeModel(
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
  const making = path.join(folder, `.making-${process.pid}`);
  try {
    mkdirSync(making, { recursive: true });
    writeFileSync(path.join(making, 'graph.onnx'), graph);
    writeFileSync(path.join(making, 'model.json'), `${JSON.stringify(info, null, 2)}\n`);
    renameSync(making, path.join(folder, info.name));
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return info;
}
