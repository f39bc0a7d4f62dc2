/** Measuring as a job, whose findings are kept until the engine ends. */
import {
  type GroundTruthSource,
  type Job,
  type LabelKind,
  type Measurement,
  type MeasurementAnswers,
  type MeasuringQuestion,
  SemblanceError,
} from '../contract/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';
import { indexHealth } from './index-health.ts';
import type { JobControl } from './job-run.ts';
import { groupsFor } from './labels.ts';
import { compareOnLibrary, evaluateLibrary, probeLibrary, servingOf } from './quality.ts';
import { evaluateByText } from './quality-file.ts';

/** Findings that are kept, the latest. */
const mostKept = 20;

export function measurementHandlers(engine: Engine): Pick<Handlers, keyof MeasurementAnswers> {
  const found = new Map<number, Measurement>();
  const start = (question: MeasuringQuestion): Job => {
    servingOf(engine);
    const { job } = engine.jobs.start('measure', async (control) => {
      const measurement = await measure(engine, question, control);
      found.set(job.id, measurement);
      const [oldest] = found.keys();
      if (found.size > mostKept) found.delete(oldest);
    });
    return job;
  };
  return {
    groundTruths: () => (['folder', 'tag', 'pairs'] as const).map((by) => sourceOf(engine, by)),
    measure: ({ question }) => start(question),
    measurement: ({ jobId }) => found.get(jobId) ?? null,
  };
}

async function measure(
  engine: Engine,
  question: MeasuringQuestion,
  control: JobControl,
): Promise<Measurement> {
  switch (question.what) {
    case 'quality':
      return { what: 'quality', report: await evaluateLibrary(engine, question, control), missing: [] };
    case 'quality-by-file': {
      const { missing, ...report } = await evaluateByText(engine, question, control);
      return { what: 'quality', report, missing };
    }
    case 'comparison':
      return { what: 'comparison', report: await compareOnLibrary(engine, question, control) };
    case 'probe':
      return { what: 'probe', report: await probeLibrary(engine, question, control) };
    case 'index-health':
      return { what: 'index-health', report: await indexHealth(engine, control) };
  }
}

/** What a kind of labels tells of this library. */
function sourceOf(engine: Engine, by: LabelKind): GroundTruthSource {
  const { library, serving } = engine;
  const extractionKey = serving?.generation.extractionKey ?? '';
  try {
    const groups = groupsFor(library, by, extractionKey);
    if (groups.from === 'pairs') {
      const photos = library.variants.count(extractionKey);
      return { by, queries: photos, groups: photos, isTelling: true };
    }
    const members = new Map<number, number>();
    for (const label of groups.labels) members.set(label, (members.get(label) ?? 0) + 1);
    const telling = [...members.values()].filter((count) => count > 1);
    const queries = telling.reduce((sum, count) => sum + count, 0);
    return { by, queries, groups: telling.length, isTelling: true };
  } catch (error) {
    if (!(error instanceof SemblanceError) || error.code !== 'no-ground-truth') throw error;
    return { by, queries: 0, groups: 0, isTelling: false };
  }
}
