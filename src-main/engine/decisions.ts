/** Answers about what a person decides: tags, ratings, marks, what is kept, and taking them back. */
import type { DecisionAnswers } from '../contract/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';

export function decisionHandlers(engine: Engine): Pick<Handlers, keyof DecisionAnswers> {
  const { library } = engine;
  const { decisions } = library;
  /** Answered once it is on the disk. */
  const decide = <Result>(change: (nowMs: number) => Result): Result => {
    const result = library.decide(() => change(Date.now()));
    engine.tellLibraryChanged(true);
    return result;
  };
  return {
    changeTags: ({ photos, add, remove }) => decide((now) => decisions.changeTags(photos, add, remove, now)),
    rate: ({ photos, rating }) => decide((now) => decisions.rate(photos, rating, now)),
    tags: () => decisions.tags(),
    tagsOf: ({ photos }) => decisions.tagsOf(photos),
    renameTag: ({ from, to }) => decide((now) => decisions.renameTag(from, to, now)),
    markNotDuplicates: ({ pairs, not }) => decide((now) => decisions.markNotDuplicates(pairs, not, now)),
    notDuplicates: (page) => decisions.notDuplicates(page),
    keepPhotos: ({ photoIds, keep }) => decide((now) => decisions.kept.choose(photoIds, keep, now)),
    keptPhotos: (page) => decisions.kept.page(page),
    decisions: () => ({ decisions: decisions.log.list(), backup: library.backup.state }),
    undoDecision: () => decide(() => decisions.log.undo()),
    redoDecision: () => decide(() => decisions.log.redo()),
  };
}
