/** The models that are installed, and the files they consist of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type ModelInfo, SemblanceError } from '../contract/index.ts';
import { ownModelsFolder, shippedModelsFolder } from './model-folders.ts';

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
  catalogueName: v.optional(v.nullable(v.string()), null),
  sha256: v.string(),
  sizeBytes: v.number(),
  size: v.optional(v.nullable(v.object({ width: v.number(), height: v.number() })), null),
  eightBit: v.optional(
    v.nullable(
      v.object({
        of: v.string(),
        ofSha256: v.string(),
        agreement: v.object({ mean: v.number(), least: v.number() }),
        gain: v.number(),
      }),
    ),
    null,
  ),
  taps: v.array(v.object({ name: v.string(), channels: v.number(), stride: v.number() })),
  usualTaps: v.optional(v.array(v.string()), []),
});

/**
 * All models, those that come along first, then the user's own, by name.
 * @throws SemblanceError `no-model` when there is none, `model-invalid` when a description is damaged
 */
export function installedModels(): InstalledModel[] {
  const shipped = shippedModelsFolder();
  const models = [...modelsIn(shipped, false), ...modelsIn(ownModelsFolder(), true)];
  if (models.length > 0) return models;
  throw new SemblanceError(
    'no-model',
    `There is no model in ${shipped}. Run 'npm run backbone' to make the default one.`,
  );
}

function modelsIn(folder: string, isOwn: boolean): InstalledModel[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names
    .filter((name) => !isUnfinished(name))
    .map((name) => path.join(folder, name))
    .filter(
      (model) => existsSync(path.join(model, 'model.json')) && existsSync(path.join(model, 'graph.onnx')),
    )
    .flatMap((model) => {
      const info = readInfo(path.join(model, 'model.json'), isOwn);
      return info ? [{ info: { ...info, isOwn }, graphPath: path.join(model, 'graph.onnx') }] : [];
    });
}

/** What is being made, or fetched, has a name that no model has. */
function isUnfinished(name: string): boolean {
  return name.startsWith('.');
}

/**
 * @returns null for a damaged description of one of the user's own models, which must not stand in the way of the others
 * @throws SemblanceError `model-invalid` for one that comes along
 */
function readInfo(file: string, isOwn: boolean): Omit<ModelInfo, 'isOwn'> | null {
  try {
    return v.parse(infoSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    if (isOwn) return null;
    throw new SemblanceError(
      'model-invalid',
      `${file} is damaged. Delete its folder; the default model is made again by 'npm run backbone'.`,
      {
        cause,
      },
    );
  }
}
