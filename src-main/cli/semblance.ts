/** `semblance …`: the same engine from a terminal. */
import { toErrorReport } from '../contract/index.ts';
import { program } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has had enough, as `head` has.
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

program.parseAsync().catch((error: unknown) => {
  const { code, message } = toErrorReport(error);
  console.error(`semblance: ${message} (${code})`);
  // What was stopped by a signal has said so already.
  process.exitCode ??= 1;
});
