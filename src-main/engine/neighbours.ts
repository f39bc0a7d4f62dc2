/** The graph of nearest neighbours of what is in service: looked for in the background, and read by whoever needs it. */
import type { Job } from '../contract/index.ts';
import type { NeighbourList } from '../library/index.ts';
import type { Hit } from '../search/index.ts';
import { analyse } from './analysis.ts';
import type { Engine } from './engine.ts';
import { Gate } from './gate.ts';
import { inTurns } from './in-turns.ts';
import type { JobControl } from './job-run.ts';

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
      await findMissing(engine, control);
    }
  });
}

function hasWork({ library, serving }: Engine): boolean {
  if (!serving || serving.index.size < 2) return false;
  const { id } = serving.generation;
  return library.neighbours.missing(id) > 0 || library.neighbours.hasOrphaned(id);
}

/** Until none is missing, or a job that computes begins. */
async function findMissing(engine: Engine, control: JobControl): Promise<void> {
  const { library, serving, jobs } = engine;
  if (!serving) return;
  const { id } = serving.generation;
  library.change(() => library.neighbours.deleteOrphaned(id));
  const total = serving.index.size;
  let done = total - library.neighbours.missing(id);
  control.report({ step: 'Looking for similar photos', done, total, startsAt: done });
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
        for (const list of result.lists) library.neighbours.set(id, list);
      });
      if (result.found === 0) return;
      done += result.found;
      control.report({ done });
      // A job that was cancelled while it was paused ends with its signal.
      goOn().catch(() => undefined);
    });
  } catch (error) {
    if (!makeWay.signal.aborted) throw error;
  }
}

/** Who is similar to whom, as far as that was looked for. */
export interface NeighbourGraph {
  /** Whether all photos have been looked at. */
  readonly complete: boolean;
  /**
   * The pictures most similar to one, best first; undefined while they have not been looked for.
   * @param most of them; all that are known by default
   */
  of(contentId: number, most?: number): Hit[] | undefined;
  /**
   * Each two pictures with at least a similarity, once, as far as one is among the nearest of the other. It reads the
   * whole graph; whoever goes through it is given what each picture adds, which may be nothing, and may pause in between.
   */
  pairs(threshold: number): Generator<{ a: number; b: number; score: number }[]>;
  /**
   * How many pictures have their nearest neighbour at which similarity: bin i of n holds similarities from i/n to
   * (i + 1)/n; those below 0 are in the first.
   */
  nearestHistogram(bins: number): Promise<number[]>;
}

/** The graph of what is in service; empty without. */
export function neighbourGraph({ library: { neighbours }, serving }: Engine): NeighbourGraph {
  const id = serving?.generation.id ?? 0;
  /** Lists keep the names of pictures that went; those are left out here. */
  const hitsOf = ({ ids, similarities }: NeighbourList, most = Infinity): Hit[] => {
    const hits: Hit[] = [];
    for (let i = 0; i < ids.length && hits.length < most; i++) {
      if (serving?.index.has(ids[i])) hits.push({ id: ids[i], score: similarities[i] });
    }
    return hits;
  };
  const lists = function* (): Generator<{ contentId: number; hits: Hit[] }> {
    for (const { contentId, ...list } of neighbours.lists(id)) {
      if (serving?.index.has(contentId)) yield { contentId, hits: hitsOf(list) };
    }
  };
  const of = (contentId: number, most?: number): Hit[] | undefined => {
    const list = neighbours.get(id, contentId);
    return list && hitsOf(list, most);
  };
  return {
    get complete() {
      return serving !== null && neighbours.missing(id) === 0;
    },
    of,
    *pairs(threshold) {
      /** Of pictures that are yet to come, those that told of them. */
      const tellers = new Map<number, Set<number>>();
      for (const { contentId, hits } of lists()) {
        const told = tellers.get(contentId);
        tellers.delete(contentId);
        const fresh = hits.filter(({ id, score }) => score >= threshold && !told?.has(id));
        for (const { id } of fresh) {
          if (id > contentId) tellers.set(id, (tellers.get(id) ?? new Set<number>()).add(contentId));
        }
        yield fresh.map(({ id, score }) => ({
          a: Math.min(contentId, id),
          b: Math.max(contentId, id),
          score,
        }));
      }
    },
    async nearestHistogram(bins) {
      const counts = Array.from({ length: bins }, () => 0);
      await inTurns(lists(), ({ hits }) => {
        if (hits.length === 0) return;
        counts[Math.min(bins - 1, Math.max(0, Math.floor(bins * hits[0].score)))] += 1;
      });
      return counts;
    },
  };
}
