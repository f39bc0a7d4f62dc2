/** What a browser's own trace tells of the tasks that a page's main thread ran: nothing is drawn or answered during one. */
import { type TraceEvent, traceEventsOf } from './trace-frames.ts';

/** Categories that the trace needs. */
export const taskCategories = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];

export interface TaskTimes {
  /** Milliseconds of each task on the clock, and of the processor's own time, which is as long whatever else runs. */
  clock: number[];
  processor: number[];
  /** What the longest of the processor's was mostly about, in the browser's own words. */
  longest: string;
}

/** Tasks of the page's main thread; of several pages, the busiest one's. */
export function taskTimes(trace: Buffer): TaskTimes {
  const traceEvents = traceEventsOf(trace);
  const pages = traceEvents.filter(
    ({ name, ph, args }) => name === 'thread_name' && ph === 'M' && args.name === 'CrRendererMain',
  );
  const tasksOf = ({ pid, tid }: TraceEvent): TraceEvent[] =>
    traceEvents.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === 'X' && event.name === 'RunTask',
    );
  const [tasks] = pages.map(tasksOf).sort((a, b) => b.length - a.length);
  if (tasks.length === 0) throw new Error('The trace knows no page.');
  const longest = tasks.reduce((most, task) => (timeOf(task) > timeOf(most) ? task : most));
  const inside = traceEvents
    .filter(
      ({ pid, tid, ph, ts, dur, name }) =>
        pid === longest.pid &&
        tid === longest.tid &&
        ph === 'X' &&
        name !== 'RunTask' &&
        ts >= longest.ts &&
        ts + dur <= longest.ts + longest.dur,
    )
    .sort((a, b) => b.dur - a.dur)
    .at(0);
  return {
    longest: inside?.name ?? 'nothing that is told of',
    clock: tasks.map(({ dur }) => dur / 1000),
    processor: tasks.map((task) => timeOf(task) / 1000),
  };
}

/** Of the processor, in microseconds. */
function timeOf({ dur, tdur }: TraceEvent): number {
  return tdur ?? dur;
}
