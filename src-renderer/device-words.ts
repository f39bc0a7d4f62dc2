/** Devices and what came of trying them, in words. */
import type { Device } from '../src-main/contract/index.ts';

/** What people call the runtime's providers. */
export const deviceNames: Partial<Record<string, string>> = {
  cpu: 'Processor',
  webgpu: 'Graphics by WebGPU',
  dml: 'Graphics by DirectML',
  coreml: 'Neural engine by Core ML',
  cuda: 'NVIDIA graphics by CUDA',
  tensorrt: 'NVIDIA graphics by TensorRT',
};

export function deviceWords({ verdict, detail, milliseconds }: Device): string {
  const time =
    milliseconds === null ? '' : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms a test picture`;
  switch (verdict) {
    case 'right':
      return time;
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
