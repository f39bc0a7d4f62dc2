/** The models that are installed, and the files they consist of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { type ModelInfo, SemblanceError } from '../contract/index.ts';

export interface InstalledModel {
  info: ModelInfo;
  /** ONNX file with pixels as input and power means as outputs. */
  graphPath: string;
}

const infoSchema = v.object({
  name: v.string(),
  title: v.string(),
  purpose: v.string(),
  licence: v.string(),
  origin: v.string(),
  sha256: v.string(),
  sizeBytes: v.number(),
  taps: v.array(v.object({ name: v.string(), channels: v.number(), stride: v.number() })),
});

/** The folder of models: SEMBLANCE_MODELS, or out/models beside the nearest package.json. */
function modelsFolder(): string {
  const chosen = process.env.SEMBLANCE_MODELS;
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) {
    folder = path.dirname(folder);
  }
  return path.join(folder, 'out/models');
}

/**
 * All models, by name.
 * @throws SemblanceError `no-model` when there is none, `model-invalid` when a description is damaged
 */
export function installedModels(): InstalledModel[] {
  const folder = modelsFolder();
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const models = names
    .map((name) => path.join(folder, name))
    .filter(
      (model) => existsSync(path.join(model, 'model.json')) && existsSync(path.join(model, 'graph.onnx')),
    )
    .map((model) => ({
      info: readInfo(path.join(model, 'model.json')),
      graphPath: path.join(model, 'graph.onnx'),
    }));
  if (models.length > 0) return models;
  throw new SemblanceError(
    'no-model',
    `There is no model in ${folder}. Run 'npm run backbone' to make the default one.`,
  );
}

function readInfo(file: string): ModelInfo {
  try {
    return v.parse(infoSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SemblanceError(
      'model-invalid',
      `${file} is damaged. Delete its folder and run 'npm run backbone'.`,
      {
        cause,
      },
    );
  }
}
