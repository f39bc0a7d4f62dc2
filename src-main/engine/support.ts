/** Answers about diagnostics, and about newer versions. */
import type { SupportAnswers } from '../contract/index.ts';
import type { Handlers } from './command-handlers.ts';
import { gatherDiagnostics } from './diagnostics.ts';
import type { Engine } from './engine.ts';
import { UpdateChecker } from './updates.ts';

export function supportHandlers(engine: Engine): Pick<Handlers, keyof SupportAnswers> {
  const updates = new UpdateChecker(engine.options.updates);
  return {
    diagnostics: ({ interface: versions }) =>
      gatherDiagnostics({
        libraryPath: engine.library.path,
        engine,
        problem: null,
        log: engine.log,
        versions,
      }),
    updates: () => updates.known(),
    checkForUpdates: () => updates.check(),
  };
}
