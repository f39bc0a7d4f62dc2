/** Answers about the room that a library takes, about files that could not be read, and what tells about Semblance itself. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CommandArguments, type Job, SemblanceError, type UpkeepAnswers } from '../contract/index.ts';
import { readChangelog } from './changelog.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { storageReport } from './room.ts';

/** From source and from the bundle alike, they lie two folders above this file. */
const textOf = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

export function upkeepHandlers(engine: Engine): Pick<Handlers, keyof UpkeepAnswers> {
  return {
    storage: () => storageReport(engine),
    retryProblems: (request) => retryProblems(engine, request),
    licences: () => ({ own: textOf('LICENSE'), parts: textOf('resources/third-party-notices.txt') }),
    changes: () => ({ releases: readChangelog(textOf('resources/changelog.md')) }),
    fileOf: ({ photoId }) => engine.library.photos.fileOf(photoId),
  };
}

/** @throws SemblanceError `not-found` where no file was set aside */
function retryProblems(engine: Engine, { code }: CommandArguments['retryProblems']): Job {
  const { library } = engine;
  if (library.photos.counts().problems === 0) {
    throw new SemblanceError('not-found', 'There is no file that could not be read.');
  }
  library.change(() => library.problems.tryAgain(code ?? null));
  return engine.index(library.folders.list()).job;
}
