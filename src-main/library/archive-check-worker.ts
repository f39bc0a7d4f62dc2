/** Worker thread that checks a part of an archive: going through all of a large file takes seconds. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../contract/index.ts';
import { checkPart } from './archive-check.ts';
import type { PartName } from './archive-manifest.ts';

const { name, file } = workerData as { name: PartName; file: string };
try {
  checkPart(name, file);
  parentPort?.postMessage(null);
} catch (error) {
  parentPort?.postMessage(toErrorReport(error));
}
