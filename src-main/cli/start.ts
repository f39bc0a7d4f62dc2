/** `npm start`: opens the interface, built just now. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorReport } from '../contract/index.ts';
import { openInterface } from './open-interface.ts';
import { defaultLibraryPath } from './options.ts';

async function start(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { library: { type: 'string' }, port: { type: 'string' }, browser: { type: 'boolean' } },
    allowPositionals: true,
  });
  await openInterface({
    library: resolve(values.library ?? defaultLibraryPath()),
    open: positionals.map((path) => resolve(path)),
    port: Number(values.port ?? 0),
    browser: values.browser ?? false,
  });
}

start().catch((error: unknown) => {
  console.error(`semblance: ${toErrorReport(error).message}`);
  process.exitCode = 1;
});
