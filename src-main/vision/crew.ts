/** How many threads read photos, and how many each has to compute with. */
import { availableParallelism } from 'node:os';
import { processor } from './devices.ts';
import type { NetworkSetting } from './vision-messages.ts';

/** Where another device computes, one worker prepares photos while it works for the other. */
const deviceWorkers = 2;

/** Threads that compute, over all workers. */
export function computeThreads(): number {
  return availableParallelism();
}

/**
 * How many workers there are, and how many threads each has. Where a device computes one network and the processor
 * another, the few workers that the device wants share the cores.
 */
export function crewFor(
  networks: readonly NetworkSetting[],
  workers: number | undefined,
  threadsPerWorker: number | undefined,
): { count: number; threads: number } {
  const byProcessor = networks.filter(({ provider }) => provider === processor).length;
  const isMixed = byProcessor > 0 && byProcessor < networks.length;
  const threads =
    threadsPerWorker ?? (isMixed ? Math.max(1, Math.floor(computeThreads() / deviceWorkers)) : 1);
  const usual =
    byProcessor === networks.length ? Math.max(1, Math.floor(computeThreads() / threads)) : deviceWorkers;
  return { count: workers ?? usual, threads };
}
