/** Worker thread that helps another one to pool photos. */
import { parentPort } from 'node:worker_threads';
import { type PoolingTask, takeBlocks } from './pooling.ts';

parentPort?.on('message', (task: PoolingTask) => takeBlocks(task));
