/** Numbers and reasons in words. */
import type { Job, PhotoProblemCode } from '../src-main/contract/index.ts';

export function count(number: number): string {
  return number.toLocaleString('en');
}

export function photos(number: number): string {
  return `${count(number)} ${number === 1 ? 'photo' : 'photos'}`;
}

/** E.g. 'Indexing 1,204 of 9,870 · 38/s · 4 min left'. */
export function jobLine(job: Job): string {
  const parts = [job.total > 0 ? `${job.step} ${count(job.done)} of ${count(job.total)}` : job.step];
  if (job.state === 'paused') return `${parts[0]} · paused`;
  if (job.kind !== 'fit' && job.done > 0 && job.photosPerSecond > 0) {
    parts.push(
      `${job.photosPerSecond < 10 ? job.photosPerSecond.toFixed(1) : Math.round(job.photosPerSecond)}/s`,
    );
  }
  if (job.secondsLeft !== null && job.done > 0) parts.push(`${timeLeft(job.secondsLeft)} left`);
  return parts.join(' · ');
}

export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const problemTitles: Record<PhotoProblemCode, string> = {
  unreadable: 'Could not be read',
  'unsupported-format': 'Formats that are not supported',
  truncated: 'Cut short',
  corrupt: 'Damaged',
  'empty-file': 'Empty files',
  'too-large': 'Too large',
  'changed-while-reading': 'Changed while being read',
  'decoder-crashed': 'Stopped the engine',
  'model-failed': 'The model failed on them',
};
