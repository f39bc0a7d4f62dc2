/** Runs a command on an engine in this process, and always closes it. */
import { Engine } from '../engine/index.ts';
import { openLog, silentLog } from '../engine/log.ts';

export async function withEngine<Result>(
  libraryPath: string,
  access: 'read' | 'write',
  action: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  // Whoever only reads leaves no trace.
  const log = access === 'write' ? openLog(libraryPath, 'terminal') : silentLog;
  try {
    const engine = Engine.open({ libraryPath, access, log });
    try {
      return await action(engine);
    } finally {
      await engine.close();
    }
  } finally {
    await log.close();
  }
}
