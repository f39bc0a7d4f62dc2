/** Answers about the room that a library takes, and about files that could not be read. */
import { type CommandArguments, type Job, SemblanceError, type UpkeepAnswers } from '../contract/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { storageReport } from './room.ts';

export function upkeepHandlers(engine: Engine): Pick<Handlers, keyof UpkeepAnswers> {
  return {
    storage: () => storageReport(engine),
    retryProblems: (request) => retryProblems(engine, request),
    fileOf: ({ photoId }) => engine.library.photos.fileOf(photoId),
  };
}

/** @throws SemblanceError `not-found` where no file was set aside */
function retryProblems(engine: Engine, { code }: CommandArguments['retryProblems']): Job {
  const { library } = engine;
  if (library.photos.counts().problems === 0) {
    throw new SemblanceError('not-found', 'There is no file that could not be read.');
  }
  library.change(() => library.photos.tryAgain(code ?? null));
  return engine.index(library.folders.list()).job;
}
