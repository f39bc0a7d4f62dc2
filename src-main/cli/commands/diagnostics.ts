import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Diagnostics, SemblanceError, systemCodeOf, toErrorReport } from '../../contract/index.ts';
import { Engine, gatherDiagnostics } from '../../engine/index.ts';
import { silentLog } from '../../engine/log.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';

export const diagnosticsCommand = new Command('diagnostics')
  .description(
    'write a zip for somebody who helps: versions, counts, times, errors; no path, name or picture',
  )
  .argument('<file>', 'the zip that is to be made')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (file: string, { library, json }: LibraryOptions) => {
    const { files, zip } = await diagnosticsOf(resolve(library));
    write(resolve(file), zip);
    if (json) {
      console.log(
        JSON.stringify({ file: resolve(file), files: files.map(({ name, purpose }) => ({ name, purpose })) }),
      );
      return;
    }
    const widest = Math.max(...files.map(({ name }) => name.length));
    console.log(files.map(({ name, purpose }) => `${name.padEnd(widest)}  ${purpose}`).join('\n'));
    console.log(
      `\nAll of it is in ${file}, and was sent nowhere. It is plain text: read it before you give it away.`,
    );
  });

/** A library that cannot be opened is no reason to say nothing. */
async function diagnosticsOf(libraryPath: string): Promise<Diagnostics> {
  let engine: Engine;
  try {
    engine = Engine.open({ libraryPath, access: 'read' });
  } catch (error) {
    const problem = toErrorReport(error);
    return gatherDiagnostics({ libraryPath, engine: null, problem, log: silentLog, versions: {} });
  }
  try {
    return await engine.call('diagnostics', { interface: {} });
  } finally {
    await engine.close();
  }
}

/** @throws SemblanceError `invalid-arguments` where there is such a file, or where none can be made */
function write(file: string, zip: Uint8Array): void {
  try {
    writeFileSync(file, zip, { flag: 'wx' });
  } catch (cause) {
    const code = systemCodeOf(cause);
    throw new SemblanceError(
      'invalid-arguments',
      code === 'EEXIST'
        ? `There is a file ${file} already. Choose another name.`
        : `${file} cannot be written (${code}). Choose another place.`,
      { cause },
    );
  }
}
