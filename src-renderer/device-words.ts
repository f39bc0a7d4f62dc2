/** Devices and what came of trying them, in words. */
import type { Device } from '../src-main/contract/index.ts';
import { decimal } from './wording.ts';

/** What people call the runtime's providers. */
export const deviceNames: Partial<Record<string, string>> = {
  cpu: 'Processor',
  webgpu: 'Graphics by WebGPU',
  dml: 'Graphics by DirectML',
  coreml: 'Neural engine by Core ML',
  cuda: 'NVIDIA graphics by CUDA',
  tensorrt: 'NVIDIA graphics by TensorRT',
};

export function deviceWords({ verdict, detail, milliseconds, precision, half }: Device): string {
  switch (verdict) {
    case 'right':
      if (milliseconds === null) return '';
      if (half === null) return `${timeWords(milliseconds)} a test picture`;
      if (precision === 'half' && half.milliseconds !== null) {
        return `${timeWords(half.milliseconds)} a test picture in half precision, ${timeWords(milliseconds)} in single`;
      }
      return `${timeWords(milliseconds)} a test picture; half precision is not used: ${half.detail}`;
    case 'wrong':
      return `not used: ${detail}`;
    case 'missing':
      return 'not on this machine';
    case 'crashed':
      return `not used, it failed: ${detail}`;
    case 'slow':
      return 'not used: it gave no answer in time';
  }
}

function timeWords(milliseconds: number): string {
  return `${decimal(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
}
