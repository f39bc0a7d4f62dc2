/** Numbers and reasons in words. */
import {
  type EightBitCopy,
  type IndexSummary,
  type Job,
  type ModelInfo,
  type PatternCounts,
  type PhotoProblemCode,
  progressUnit,
  type RetunePlan,
  type TimedProfile,
} from '../src-main/contract/index.ts';

export function count(number: number): string {
  return number.toLocaleString('en');
}

export function photos(number: number): string {
  return `${count(number)} ${number === 1 ? 'photo' : 'photos'}`;
}

/** E.g. '4.5 MB'. */
export function bytes(number: number): string {
  if (number < 1e6) return `${Math.round(number / 1e3)} kB`;
  return number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(1)} GB`;
}

/** E.g. 'Indexing 1,204 of 9,870 · 38/s · 4 min left', 'Learning p · 35 %', or 'Downloading ResNet-50 · 4.5 MB of 97.8 MB'. */
export function jobLine(job: Job): string {
  const unit = progressUnit(job.kind);
  if (unit === 'bytes') return downloadLine(job);
  const countsPhotos = unit === 'photos';
  const parts = [
    job.total > 0 && countsPhotos ? `${job.step} ${count(job.done)} of ${count(job.total)}` : job.step,
  ];
  if (job.total > 0 && !countsPhotos) parts.push(`${Math.floor((100 * job.done) / job.total)} %`);
  if (job.obstacle) return [...parts, 'no room on the disk'].join(' · ');
  if (job.state === 'paused') return [...parts, 'paused'].join(' · ');
  if (countsPhotos && job.done > 0 && job.photosPerSecond > 0) {
    parts.push(
      `${job.photosPerSecond < 10 ? job.photosPerSecond.toFixed(1) : Math.round(job.photosPerSecond)}/s`,
    );
  }
  if (job.secondsLeft !== null && job.done > 0) parts.push(`${timeLeft(job.secondsLeft)} left`);
  return parts.join(' · ');
}

function downloadLine({ step, done, total, state, secondsLeft }: Job): string {
  return [
    step,
    total > 0 && `${bytes(done)} of ${bytes(total)}`,
    state === 'paused' && 'paused',
    secondsLeft !== null && `${timeLeft(secondsLeft)} left`,
  ]
    .filter((part) => part !== false)
    .join(' · ');
}

/** What an index job came to, e.g. 'indexed 12, moved 1,204'; '' where nothing has changed. */
export function summaryWords({ indexed, moved, removed, offline }: IndexSummary): string {
  return [
    indexed > 0 && `indexed ${count(indexed)}`,
    moved > 0 && `moved ${count(moved)}`,
    removed > 0 && `removed ${count(removed)}`,
    offline.length > 0 &&
      (offline.length === 1 ? '1 folder offline' : `${count(offline.length)} folders offline`),
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** How many patterns a folder has. */
export function patternLines(patterns: string): string {
  const lines = patterns.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
  return lines === 1 ? '1 pattern' : `${count(lines)} patterns`;
}

export function patternCountWords({ kept, leftOut }: PatternCounts): string {
  return `${photos(kept.photos)} kept (${bytes(kept.bytes)}), ${count(leftOut.photos)} left out (${bytes(leftOut.bytes)})`;
}

/** What applying a recipe takes, a sentence each. */
export function planSentences(plan: RetunePlan): string[] {
  const { photosToRead, secondsToRead, secondsToBuild, cacheBytes, learns } = plan;
  return [
    photosToRead === 0
      ? 'No photo has to be read again.'
      : `${photos(photosToRead)} must be read again: ${about(secondsToRead)}.`,
    `All descriptors are computed anew: ${about(secondsToBuild)}.`,
    learns && 'Learning takes a further minute or more.',
    cacheBytes === 0 ? 'No further disk space is needed.' : `The cache grows by ${bytes(cacheBytes)}.`,
  ].filter((sentence) => sentence !== false);
}

/** Asked before photos are read again. */
export function mustReadQuestion({ photosToRead, secondsToRead, cacheBytes }: RetunePlan): string {
  const which = photosToRead === 1 ? 'One photo goes' : `${count(photosToRead)} photos go`;
  return `${which} through the network again, which takes ${about(secondsToRead)} and ${bytes(cacheBytes)} of disk space. The search goes on with the recipe in service meanwhile.`;
}

function about(seconds: number): string {
  return seconds < 1 ? 'less than a second' : `about ${timeLeft(seconds)}`;
}

/** E.g. '24/s, 5 min for 7,200 photos', or '' where it was not measured. */
export function profileTime(
  { secondsPerPhoto }: Pick<TimedProfile, 'secondsPerPhoto'>,
  photosInLibrary: number,
): string {
  if (secondsPerPhoto === null) return '';
  const rate = 1 / secondsPerPhoto;
  const perSecond = `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`;
  return photosInLibrary === 0
    ? perSecond
    : `${perSecond}, ${timeLeft(photosInLibrary * secondsPerPhoto)} for ${photos(photosInLibrary)}`;
}

/** A difference with its sign, which zero has not. */
export function signed(number: number, digits: number): string {
  const text = Math.abs(number).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${number < 0 ? '−' : '+'}${text}`;
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
  'not-a-file': 'No files',
  'path-too-long': 'With a path that is too long',
  'too-slow': 'Took too long to read',
  'decoder-crashed': 'Stopped the engine',
  'model-failed': 'The model failed on them',
};

/** How many feature maps of a model can be tapped. */
export function tapCount({ taps }: Pick<ModelInfo, 'taps'>): string {
  return taps.length === 1 ? '1 tap' : `${count(taps.length)} taps`;
}

/** E.g. '99.8 %'. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What an eight-bit copy is worth. */
export function copyWords({ agreement, gain }: EightBitCopy): string {
  return `${gain.toFixed(1)} times as fast as the model that it copies; its descriptors agree with the model's to ${percent(agreement.mean)}.`;
}

/** What sizes of pictures a model takes. */
export function modelSize({ size }: Pick<ModelInfo, 'size'>): string {
  return size ? `${size.width} × ${size.height} pixels only` : 'any size';
}
