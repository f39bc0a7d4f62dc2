import { Command } from 'commander';
import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import {
  defaultRecipe,
  type Device,
  type DeviceReport,
  modelNames,
  noModel,
  SemblanceError,
} from '../../contract/index.ts';
import { Engine, version } from '../../engine/index.ts';
import { HnswTier } from '../../search/index.ts';
import { installedModels, probeDevices, storeReport } from '../../vision/index.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';

interface Diagnosis {
  semblance: string;
  node: string;
  system: string;
  cores: number;
  memoryBytes: number;
  library: { path: string; state: string; freeBytes: number };
  models: string[];
  hnsw: { available: boolean; reason: string };
  /** One for each model. */
  devices: DeviceReport[];
}

export const doctorCommand = new Command('doctor')
  .description('say what this machine can do, try each device that may compute, and say what is missing')
  .option('--model <name>', 'the backbone to try the devices with (default: those in service)')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, model }: LibraryOptions & { model?: string }) => {
    const diagnosis = await diagnose(library, model);
    console.log(json ? JSON.stringify(diagnosis) : text(diagnosis));
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
  const { available, reason } = HnswTier.available();
  return {
    semblance: version,
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    library: { path: libraryPath, state, freeBytes: freeBytes(libraryPath) },
    models: models.map(({ info }) => info.name),
    hnsw: { available, reason: reason ?? '' },
    devices,
  };
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

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function text({
  semblance,
  node,
  system,
  cores,
  memoryBytes,
  library,
  models,
  hnsw,
  devices,
}: Diagnosis): string {
  return [
    `Semblance ${semblance}, Node ${node} on ${system}, ${cores} cores, ${gigabytes(memoryBytes)} of memory`,
    `Library   ${library.path}: ${library.state}; ${gigabytes(library.freeBytes)} free`,
    `Models    ${models.join(', ')}`,
    `HNSW      ${hnsw.available ? 'available' : `not available: ${hnsw.reason}`}`,
    `Machine   ${devices[0].machine}`,
    ...devices.flatMap((report) => [
      `Devices   with '${report.model}':`,
      ...report.devices.map((device) => `  ${deviceText(device, report.chosen)}`),
    ]),
  ].join('\n');
}

function deviceText(device: Device, chosen: string): string {
  const { provider, verdict, detail } = device;
  const use = provider === chosen ? ' — used' : '';
  const advice = verdict === 'missing' ? howToGet(provider) : '';
  const said = detail === '' ? '' : `: ${detail.replace(/\.$/, '')}.`;
  return `${provider.padEnd(9)} ${verdict}${timeText(device)}${use}${said}${halfText(device)}${advice}`;
}

function timeText({ milliseconds, precision, half }: Device): string {
  if (milliseconds === null) return '';
  const single = `${milliseconds.toFixed(1)} ms`;
  if (precision === 'single') return `, ${single} for the test picture`;
  return `, ${half?.milliseconds?.toFixed(1)} ms for the test picture in half precision (${single} in single)`;
}

/** Why it computes in single precision, where that needs a reason. */
function halfText({ verdict, precision, half }: Device): string {
  if (half === null || precision === 'half' || verdict !== 'right') return '';
  return `. Half precision is not used: ${half.detail}`;
}

/** The one command, where there is one. */
function howToGet(provider: string): string {
  if (provider === 'cuda' || provider === 'tensorrt') {
    const script = createRequire(import.meta.url).resolve('onnxruntime-node/script/install.js');
    return ` With an NVIDIA card, CUDA 12 and cuDNN 9 (for tensorrt, TensorRT 10) installed: node "${script}" --onnxruntime-node-install-cuda=v12`;
  }
  return '';
}
