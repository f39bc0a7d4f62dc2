/** What a machine can do for a library, in one report. */
import { availableParallelism, totalmem } from 'node:os';
import type { Device, DeviceReport } from '../contract/index.ts';
import { HnswTier } from '../search/index.ts';
import { installedModels } from '../vision/index.ts';
import { version } from './version.ts';

export interface Diagnosis {
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

/**
 * @param library where it lies, and what is the matter with it, in words
 * @param devices what came of trying them
 */
export function diagnosisOf(library: Diagnosis['library'], devices: DeviceReport[]): Diagnosis {
  const { available, reason } = HnswTier.available();
  return {
    semblance: version,
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    library,
    models: installedModels().map(({ info }) => info.name),
    hnsw: { available, reason: reason ?? '' },
    devices,
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** As npm puts it below where Semblance is installed. */
const usualScript = 'node_modules/onnxruntime-node/script/install.js';

/**
 * For people who read a terminal.
 * @param script that fetches what NVIDIA cards need
 */
export function diagnosisText(
  { semblance, node, system, cores, memoryBytes, library, models, hnsw, devices }: Diagnosis,
  script = usualScript,
): string {
  return [
    `Semblance ${semblance}, Node ${node} on ${system}, ${cores} cores, ${gigabytes(memoryBytes)} of memory`,
    `Library   ${library.path}: ${library.state}; ${gigabytes(library.freeBytes)} free`,
    `Models    ${models.join(', ')}`,
    `HNSW      ${hnsw.available ? 'available' : `not available: ${hnsw.reason}`}`,
    ...devices.slice(0, 1).map(({ machine }) => `Machine   ${machine}`),
    ...devices.flatMap((report) => [
      `Devices   with '${report.model}':`,
      ...report.devices.map((device) => `  ${deviceText(device, report.chosen, script)}`),
    ]),
  ].join('\n');
}

function deviceText(device: Device, chosen: string, script: string): string {
  const { provider, verdict, detail } = device;
  const use = provider === chosen ? ' — used' : '';
  const advice = verdict === 'missing' ? howToGet(provider, script) : '';
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
function howToGet(provider: string, script: string): string {
  if (provider === 'cuda' || provider === 'tensorrt') {
    return ` With an NVIDIA card, CUDA 12 and cuDNN 9 (for tensorrt, TensorRT 10) installed: node "${script}" --onnxruntime-node-install-cuda=v12`;
  }
  return '';
}
