/** Runs a command on an engine in this process, and always closes it. */
import { Engine } from '../engine/index.ts';

export async function withEngine<Result>(
  libraryPath: string,
  access: 'read' | 'write',
  action: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = Engine.open({ libraryPath, access });
  try {
    return await action(engine);
  } finally {
    await engine.close();
  }
}
