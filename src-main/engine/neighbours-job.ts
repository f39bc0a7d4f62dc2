/** Looks for the nearest neighbours of photos in the background. */
import type { Job } from '../contract/index.ts';
import { analyse } from './analysis.ts';
import type { Engine } from './engine.ts';
import { Gate } from './gate.ts';
import type { JobControl } from './job-run.ts';
import { findNeighboursByHnsw } from './neighbours-by-hnsw.ts';
import type { Serving } from './serving.ts';

/**
 * Photos above which HNSW is asked where it is in service. Of 100,000 it takes 150 s of the processor, and finds 99.7 % of
 * the 32 nearest; comparing every two takes longer there, and four times as long of twice as many.
 */
const usualMostCompared = 50_000;

/**
 * Begins to look for the neighbours of all photos that have none yet, in the background. It makes way for jobs that
 * compute; what was found stays, so that a later start carries on.
 * @returns null where all are there already, or are being looked for
 */
export function startNeighbours(engine: Engine): { job: Job; ended: Promise<Job> } | null {
  const { library, jobs } = engine;
  if (library.access === 'read' || jobs.isPending('neighbours') || !hasWork(engine)) return null;
  return jobs.start('neighbours', async (control) => {
    while (hasWork(engine)) {
      control.report({ step: 'Waiting for other work' });
      await jobs.computed(control.signal);
      await control.checkpoint();
      if (!(await findMissing(engine, control))) return;
    }
  });
}

function hasWork({ library, serving }: Engine): boolean {
  if (!serving || serving.index.size < 2) return false;
  const { id } = serving.generation;
  return library.neighbours.missing(id) > 0 || library.neighbours.hasOrphaned(id);
}

/**
 * Until none is missing, or a job that computes begins.
 * @returns whether going on makes sense: not where nothing more can be found
 */
async function findMissing(engine: Engine, control: JobControl): Promise<boolean> {
  const { library, serving } = engine;
  if (!serving) return false;
  const { id } = serving.generation;
  library.change(() => library.neighbours.deleteOrphaned(id));
  const missing = library.neighbours.missing(id);
  if (missing === 0) return true;
  const total = serving.index.size;
  control.report({
    step: 'Looking for similar photos',
    done: total - missing,
    total,
    startsAt: total - missing,
  });
  let found = 0;
  const search: NeighbourSearch = {
    engine,
    serving,
    control,
    onFound: (more) => {
      found += more;
      control.report({ done: total - missing + found });
    },
  };
  const { mostCompared = usualMostCompared } = engine.options;
  const hnsw = serving.index.size > mostCompared ? await serving.hnswReady() : null;
  const isOver = hnsw ? await findNeighboursByHnsw(search, hnsw) : await compareAll(search);
  return found > 0 || !isOver;
}

/** A search for the neighbours of what is in service. */
export interface NeighbourSearch {
  engine: Engine;
  serving: Serving;
  control: JobControl;
  /** Told of how many more pictures have a list. */
  onFound: (pictures: number) => void;
}

/** Compares every two photos, in the analysis worker. @returns whether it came to its end, and did not make way */
async function compareAll({ engine, serving, control, onFound }: NeighbourSearch): Promise<boolean> {
  const { library, jobs } = engine;
  const { id } = serving.generation;
  const makeWay = new AbortController();
  const gate = new Gate();
  const goOn = async (): Promise<void> => {
    await control.checkpoint();
    if (jobs.isComputing) makeWay.abort();
    else gate.open();
  };
  const watcher = {
    signal: AbortSignal.any([control.signal, makeWay.signal]),
    report: () => undefined,
  };
  const task = {
    kind: 'neighbours',
    libraryPath: library.path,
    generationId: id,
    gate: gate.shared,
  } as const;
  try {
    await analyse(task, watcher, (result) => {
      if (result.kind !== 'neighbours') return;
      // Another recipe may have come into service meanwhile.
      if (library.generations.serving()?.id !== id) return makeWay.abort();
      library.change(() => {
        for (const list of result.lists) {
          // A photo may have gone since it was looked for.
          if (serving.index.has(list.contentId)) library.neighbours.set(id, list);
        }
      });
      if (result.found === 0) return;
      onFound(result.found);
      // A job that was cancelled while it was paused ends with its signal.
      goOn().catch(() => undefined);
    });
  } catch (error) {
    if (!makeWay.signal.aborted) throw error;
    return false;
  }
  return true;
}
