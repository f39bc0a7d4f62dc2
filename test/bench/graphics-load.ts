/** How busy an NVIDIA graphics processor is, as its driver's own tool says. */
import { spawn, spawnSync } from 'node:child_process';

const query = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits'];
const hasTool = spawnSync('nvidia-smi', query, { stdio: 'ignore' }).status === 0;

/** Samples from now on. */
export function busyShare(): { end: () => Promise<number | null> } {
  if (!hasTool) return { end: () => Promise.resolve(null) };
  const tool = spawn('nvidia-smi', [...query, '-lms', '100'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  tool.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return {
    end: async () => {
      tool.kill();
      await new Promise((ended) => tool.once('close', ended));
      const shares = printed
        .split('\n')
        .map((line) => Number.parseFloat(line))
        .filter(Number.isFinite);
      return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length / 100;
    },
  };
}
