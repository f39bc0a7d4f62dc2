/** What a browser's own trace tells of the script that its threads ran, frame by frame. */
import * as v from 'valibot';

const eventSchema = v.object({
  name: v.string(),
  ph: v.string(),
  pid: v.number(),
  tid: v.number(),
  /** Microseconds, as are the durations: on the clock, and of the processor's time. */
  ts: v.optional(v.number(), 0),
  dur: v.optional(v.number(), 0),
  tdur: v.optional(v.number()),
  args: v.optional(v.looseObject({ name: v.optional(v.string()) }), {}),
});
const traceSchema = v.object({ traceEvents: v.array(eventSchema) });
export type TraceEvent = v.InferOutput<typeof eventSchema>;

export function traceEventsOf(trace: Buffer): TraceEvent[] {
  return v.parse(traceSchema, JSON.parse(trace.toString('utf8'))).traceEvents;
}

/** Events that are script running; one within another counts once. */
const script = ['FunctionCall', 'FireAnimationFrame', 'EvaluateScript', 'TimerFire', 'EventDispatch'];

export interface ScriptTimes {
  /** Milliseconds of each frame on the page's thread, on the worker's, and of both together. */
  page: number[];
  worker: number[];
  together: number[];
}

/**
 * Script of each frame that the worker drew, from one to the next, of the processor's own time where the trace tells it,
 * which is as long whatever else the machine does.
 */
export function scriptTimes(trace: Buffer): ScriptTimes {
  const traceEvents = traceEventsOf(trace);
  const threads = traceEvents.filter(({ name, ph }) => name === 'thread_name' && ph === 'M');
  const worker = threads.find(({ args }) => /DedicatedWorker/i.test(args.name ?? ''));
  const page = threads.find(({ pid, args }) => pid === worker?.pid && args.name === 'CrRendererMain');
  if (!worker || !page) throw new Error('The trace knows no page with a worker.');
  const [onPage, onWorker] = [page, worker].map((thread) => outermost(traceEvents, thread));
  const frames = onWorker.filter(({ name }) => name === 'FireAnimationFrame').map(({ ts }) => ts);
  const within = (events: TraceEvent[]): number[] =>
    frames.slice(0, -1).map((from, frame) => {
      const during = events.filter(({ ts }) => ts >= from && ts < frames[frame + 1]);
      return during.reduce((sum, { dur, tdur }) => sum + (tdur ?? dur), 0) / 1000;
    });
  const [pageTimes, workerTimes] = [within(onPage), within(onWorker)];
  return {
    page: pageTimes,
    worker: workerTimes,
    together: pageTimes.map((time, frame) => time + workerTimes[frame]),
  };
}

function outermost(events: readonly TraceEvent[], { pid, tid }: TraceEvent): TraceEvent[] {
  const own = events
    .filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === 'X' && script.includes(event.name),
    )
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  let end = 0;
  return own.filter(({ ts, dur }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}
