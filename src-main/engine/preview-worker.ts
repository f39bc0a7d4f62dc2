/** Worker thread that previews draft recipes, one after the other. */
import { parentPort } from 'node:worker_threads';
import { sayLoaded } from '../contract/end-worker.ts';
import { toErrorReport } from '../contract/index.ts';
import { loadSqlite } from '../library/index.ts';
import { runtimeProduct } from '../vision/index.ts';
import type { PreviewQuestion, PreviewAnswer } from './previews.ts';
import { PreviewSession } from './preview-session.ts';

loadSqlite();
sayLoaded();

const session = new PreviewSession(runtimeProduct().product);
let last = Promise.resolve();

async function answer({ id, request }: PreviewQuestion): Promise<void> {
  let message: PreviewAnswer;
  try {
    message = { id, reply: await session.answer(request) };
  } catch (error) {
    message = { id, error: toErrorReport(error) };
  }
  parentPort?.postMessage(message);
}

parentPort?.on('message', (question: PreviewQuestion) => {
  last = last.then(() => answer(question));
});
