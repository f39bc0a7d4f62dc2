/** Worker thread that checks a part of an archive: going through all of a large file takes seconds. */
import { parentPort, workerData } from 'node:worker_threads';
import { sayLoaded } from '../contract/end-worker.ts';
import { toErrorReport } from '../contract/index.ts';
import { checkPart } from './archive-check.ts';
import type { PartName } from './archive-manifest.ts';
import { loadSqlite } from './sqlite-file.ts';

loadSqlite();
sayLoaded();

const { name, file } = workerData as { name: PartName; file: string };
try {
  checkPart(name, file);
  parentPort?.postMessage(null);
} catch (error) {
  parentPort?.postMessage(toErrorReport(error));
}
