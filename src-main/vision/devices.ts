/** Which of this machine's devices compute a model right, and which of those is the fastest. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { listSupportedBackends } from './onnxruntime.ts';
import {
  type Device,
  type DeviceReport,
  type DeviceTrial,
  type Precision,
  SemblanceError,
  sibling,
} from '../contract/index.ts';
import { machineStamp } from './machine.ts';
import type { InstalledModel } from './models.ts';

export interface ProbeRequest {
  provider: string;
  precision: Precision;
  graphPath: string;
  /** Only the time is wanted that the processor takes with a network on every core. */
  byAllCores?: boolean;
}

export type ProbeAnswer = { milliseconds: number; outputs: Float32Array[] } | { error: string };

export interface ProbeOptions {
  /** All that the runtime may have on this system by default. */
  providers?: string[];
  /** The program that tries one; tests have others. */
  program?: URL;
  patienceMs?: number;
  onProgress?: (provider: string) => void;
  /** Ends the trying; what is under way counts as too slow. */
  signal?: AbortSignal;
}

export const processor = 'cpu';
const usualPatienceMs = 90_000;
/**
 * Of what comes out of each tap, in either precision. Half precision that is computed right keeps more than that of the
 * test picture: where each layer's results are rounded, 0.9999995 for the default backbone and 0.9999998 for ResNet-50;
 * where every product and every sum is rounded, as some graphics processors do, 0.99998 and 0.99999. What is wrong is
 * mostly far below. Saving that picture as a JPEG of quality 95 takes it to 0.98 … 0.998, so photos described in one
 * precision are found by those described in the other.
 */
const leastCosine = 0.9999;

/**
 * Tries every provider in a process of its own, one after the other, so that none slows another down. Those that are
 * right in single precision are tried in half precision, too, but for the processor, which has none that is fast.
 * @throws SemblanceError `model-failed` when not even the processor can compute the model
 */
export async function probeDevices(
  { info, graphPath }: InstalledModel,
  { providers = offered(), program, patienceMs = usualPatienceMs, onProgress, signal }: ProbeOptions = {},
): Promise<DeviceReport> {
  const attempt = (provider: string, precision: Precision, byAllCores = false) =>
    tried(
      { provider, precision, graphPath, byAllCores },
      program ?? sibling(import.meta.url, 'probe-process'),
      AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]),
    );
  onProgress?.(processor);
  const reference = await attempt(processor, 'single');
  if (!('outputs' in reference)) {
    const why = 'error' in reference ? reference.error : reference.verdict;
    throw new SemblanceError('model-failed', `The processor cannot compute '${info.name}' (${why}).`);
  }
  const devices: Device[] = [
    inPrecision(processor, { verdict: 'right', detail: '', milliseconds: reference.milliseconds }, null),
  ];
  for (const provider of providers.filter((each) => each !== processor)) {
    onProgress?.(provider);
    const single = judged(await attempt(provider, 'single'), reference.outputs);
    const half =
      single.verdict === 'right' ? judged(await attempt(provider, 'half'), reference.outputs) : null;
    devices.push(inPrecision(provider, single, half));
  }
  if (devices.some(({ provider, verdict }) => provider !== processor && verdict === 'right')) {
    // Only where there is a choice does it matter how long the processor takes.
    const crew = await attempt(processor, 'single', true);
    if ('milliseconds' in crew) devices[0] = { ...devices[0], milliseconds: crew.milliseconds };
  }
  return {
    model: info.name,
    probedAtMs: Date.now(),
    machine: machineStamp(),
    chosen: fastestRight(devices),
    devices,
  };
}

/** Provider of the fastest device that is right, each in its precision; the processor where there is none. */
export function fastestRight(devices: Device[]): string {
  const right = devices.filter(({ verdict }) => verdict === 'right');
  const [fastest] = right.sort((a, b) => millisecondsOf(a) - millisecondsOf(b));
  return right.length === 0 ? processor : fastest.provider;
}

function millisecondsOf({ precision, milliseconds, half }: Device): number {
  return (precision === 'half' ? half?.milliseconds : milliseconds) ?? Infinity;
}

function inPrecision(provider: string, single: DeviceTrial, half: DeviceTrial | null): Device {
  if (half?.verdict !== 'right') return { provider, ...single, precision: 'single', half };
  if (half.milliseconds! < single.milliseconds!) return { provider, ...single, precision: 'half', half };
  return { provider, ...single, precision: 'single', half: { ...half, detail: 'It is no faster.' } };
}

/** Providers that the runtime has on this system, or can have where the user installs more. */
function offered(): string[] {
  return listSupportedBackends().map(({ name }) => name);
}

type Attempt = ProbeAnswer | { verdict: 'crashed' | 'slow' };

function tried(request: ProbeRequest, program: URL, patience: AbortSignal): Promise<Attempt> {
  const child = fork(fileURLToPath(program), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  return new Promise((resolve) => {
    const finish = (attempt: Attempt): void => {
      patience.removeEventListener('abort', tooSlow);
      child.kill('SIGKILL');
      resolve(attempt);
    };
    const tooSlow = (): void => finish({ verdict: 'slow' });
    if (patience.aborted) tooSlow();
    patience.addEventListener('abort', tooSlow);
    child.once('message', (answer) => finish(answer as ProbeAnswer));
    child.once('error', () => finish({ verdict: 'crashed' }));
    child.once('exit', () => finish({ verdict: 'crashed' }));
    child.send(request);
  });
}

function judged(attempt: Attempt, reference: Float32Array[]): DeviceTrial {
  if ('verdict' in attempt) {
    const detail =
      attempt.verdict === 'slow' ? 'It gave no answer in time.' : 'It ended the process that tried it.';
    return { verdict: attempt.verdict, detail, milliseconds: null };
  }
  if ('error' in attempt) {
    return { verdict: 'missing', detail: inShort(attempt.error), milliseconds: null };
  }
  const { milliseconds, outputs } = attempt;
  const agreement = Math.min(...reference.map((each, i) => cosine(each, outputs.at(i))));
  const isRight = agreement >= leastCosine;
  const detail = isRight ? '' : `Its numbers differ from the processor's (cosine ${agreement.toFixed(4)}).`;
  return { verdict: isRight ? 'right' : 'wrong', detail, milliseconds };
}

/** Of the angle between two vectors; 0 for numbers that are not finite, or not as many. */
export function cosine(a: Float32Array, b: Float32Array | undefined): number {
  if (b?.length !== a.length) return 0;
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] * b[i];
    first += a[i] * a[i];
    second += b[i] * b[i];
  }
  const value = both / Math.sqrt(first * second);
  return Number.isFinite(value) ? value : 0;
}

const longestDetail = 160;

/** The runtime's messages name its own source files first. */
function inShort(message: string): string {
  if (message.includes('requires f16')) return 'The device has no half precision.';
  const said = message.replace(/^.*?was false\.\s*/s, '').replace(/^\S*onnxruntime\S*\s+\S+\s+/, '');
  return said.split('\n')[0].slice(0, longestDetail).trim();
}
