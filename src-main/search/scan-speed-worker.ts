/** Measures in a thread of its own, so that no query waits for it. */
import { parentPort } from 'node:worker_threads';
import { measureScan } from './scan-speed.ts';

parentPort?.postMessage(measureScan());
