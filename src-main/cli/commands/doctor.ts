import { Command } from 'commander';
import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  defaultRecipe,
  type DeviceReport,
  modelNames,
  noModel,
  SemblanceError,
} from '../../contract/index.ts';
import { type Diagnosis, diagnosisOf, diagnosisText, Engine } from '../../engine/index.ts';
import { installedModels, probeDevices, storeReport } from '../../vision/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';

export const doctorCommand = new Command('doctor')
  .description('say what this machine can do, try each device that may compute, and say what is missing')
  .option('--model <name>', 'the backbone to try the devices with (default: those in service)')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, model }: LibraryOptions & { model?: string }) => {
    const diagnosis = await diagnose(library, model);
    console.log(json ? JSON.stringify(diagnosis) : diagnosisText(diagnosis, installScript()));
  });

/** @throws SemblanceError `no-model`, `model-failed` */
async function diagnose(libraryPath: string, wanted: string | undefined): Promise<Diagnosis> {
  const { state, models: inService } = await libraryState(libraryPath);
  const models = installedModels();
  const devices: DeviceReport[] = [];
  for (const name of wanted === undefined ? inService : [wanted]) {
    const model = models.find(({ info }) => info.name === name);
    if (!model) throw noModel(name);
    const report = await probeDevices(model, {
      onProgress: (provider) => process.stderr.isTTY && process.stderr.write(`Trying ${provider} …\n`),
    });
    storeReport(model, report);
    devices.push(report);
  }
  return diagnosisOf({ path: libraryPath, state, freeBytes: freeBytes(libraryPath) }, devices);
}

/** What is the matter with the library, in words, and the models that it uses. */
async function libraryState(libraryPath: string): Promise<{ state: string; models: string[] }> {
  try {
    const engine = Engine.open({ libraryPath, access: 'read' });
    try {
      const { photos } = engine.library.photos.counts();
      return { state: `${photos} photos`, models: modelNames(engine.recipe) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!(error instanceof SemblanceError)) throw error;
    return { state: error.code === 'no-library' ? 'none yet' : error.message, models: [defaultRecipe.model] };
  }
}

/** On the disk that holds the folder, or would. */
function freeBytes(folder: string): number {
  let place = path.resolve(folder);
  while (!existsSync(place)) place = path.dirname(place);
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

/** Wherever npm put it. */
function installScript(): string {
  return createRequire(import.meta.url).resolve('onnxruntime-node/script/install.js');
}
