/** What the progress of a job counts. */
import type { JobKind } from './jobs.ts';

const units: Partial<Record<JobKind, 'steps' | 'bytes'>> = {
  fit: 'steps',
  'tune-search': 'steps',
  map: 'steps',
  'time-profiles': 'steps',
  duplicates: 'steps',
  measure: 'steps',
  download: 'bytes',
};

/** Steps are the job's own, and tell nobody anything; most jobs count photos. */
export function progressUnit(kind: JobKind): 'photos' | 'steps' | 'bytes' {
  return units[kind] ?? 'photos';
}
