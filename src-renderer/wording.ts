/** Numbers and reasons in words. */
import { formatLocale, language } from './language.ts';
import { filled, plural } from './plural.ts';
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
  return number.toLocaleString(formatLocale());
}

export function photos(number: number): string {
  return plural(number, ['# photo', '# photos']);
}

const decimals = new Map<string, Intl.NumberFormat>();

/** With so many digits after the point, e.g. '0.707'. @param most where zeros at the end are left out */
export function decimal(number: number, digits: number, most = digits): string {
  const key = [formatLocale(), digits, most].join();
  let format = decimals.get(key);
  if (!format) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: most, useGrouping: false };
    format = new Intl.NumberFormat(formatLocale(), options);
    decimals.set(key, format);
  }
  return format.format(Number(number.toFixed(most)));
}

/** With at most so many digits that say something, e.g. '0.707'. */
export function significant(number: number, digits: number): string {
  const options = { maximumSignificantDigits: digits, useGrouping: false };
  return number.toLocaleString(formatLocale(), options);
}

/** E.g. '99.8 %'. */
export function percent(share: number, digits = 1): string {
  return `${decimal(100 * share, digits)} %`;
}

/** E.g. 'a, b and c', or 'a or b' where one of them is enough. */
export function listed(
  items: readonly string[],
  type: 'conjunction' | 'disjunction' = 'conjunction',
): string {
  // The English of the texts is British, which has no comma before the last.
  const spelling = language() === 'en' ? 'en-GB' : language();
  return new Intl.ListFormat(spelling, { type }).format(items);
}

function perSecond(rate: number): string {
  return `${decimal(rate, rate < 10 ? 1 : 0)}/s`;
}

/** E.g. '4.5 MB'. */
export function bytes(number: number): string {
  if (number < 1e6) return `${Math.round(number / 1e3)} kB`;
  return number < 1e9 ? `${decimal(number / 1e6, 1)} MB` : `${decimal(number / 1e9, 1)} GB`;
}

// @wc-include
const pausedWord = 'paused';

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
  if (job.state === 'paused') return [...parts, pausedWord].join(' · ');
  if (countsPhotos && job.done > 0 && job.photosPerSecond > 0) {
    parts.push(perSecond(job.photosPerSecond));
  }
  if (job.secondsLeft !== null && job.done > 0) parts.push(`${timeLeft(job.secondsLeft)} left`);
  return parts.join(' · ');
}

function downloadLine({ step, done, total, state, secondsLeft }: Job): string {
  return [
    step,
    total > 0 && `${bytes(done)} of ${bytes(total)}`,
    state === 'paused' && pausedWord,
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
    offline.length > 0 && plural(offline.length, ['# folder offline', '# folders offline']),
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** How many patterns a folder has. */
export function patternLines(patterns: string): string {
  const lines = patterns.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
  return plural(lines, ['# pattern', '# patterns']);
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
      : filled(
          plural(photosToRead, [
            '# photo must be read again: {time}.',
            '# photos must be read again: {time}.',
          ]),
          {
            time: about(secondsToRead),
          },
        ),
    `All descriptors are computed anew: ${about(secondsToBuild)}.`,
    learns && 'Learning takes a further minute or more.',
    cacheBytes === 0 ? 'No further disk space is needed.' : `The cache grows by ${bytes(cacheBytes)}.`,
  ].filter((sentence) => sentence !== false);
}

/** Asked before photos are read again. */
export function mustReadQuestion({ photosToRead, secondsToRead, cacheBytes }: RetunePlan): string {
  const question = plural(photosToRead, [
    'One photo goes through the network again, which takes {time} and {space} of disk space. The search goes on with the recipe in service meanwhile.',
    '# photos go through the network again, which takes {time} and {space} of disk space. The search goes on with the recipe in service meanwhile.',
  ]);
  return filled(question, { time: about(secondsToRead), space: bytes(cacheBytes) });
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
  return photosInLibrary === 0
    ? perSecond(rate)
    : `${perSecond(rate)}, ${timeLeft(photosInLibrary * secondsPerPhoto)} for ${photos(photosInLibrary)}`;
}

/** A difference with its sign, which zero has not. */
export function signed(number: number, digits: number): string {
  const text = decimal(Math.abs(number), digits);
  if (Number(number.toFixed(digits)) === 0) return text;
  return `${number < 0 ? '−' : '+'}${text}`;
}

export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  return `${decimal(seconds / 3600, 1)} h`;
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
  return plural(taps.length, ['# tap', '# taps']);
}

/** What an eight-bit copy is worth. */
export function copyWords({ agreement, gain }: EightBitCopy): string {
  return `${decimal(gain, 1)} times as fast as the model that it copies; its descriptors agree with the model's to ${percent(agreement.mean)}.`;
}

/** What sizes of pictures a model takes. */
export function modelSize({ size }: Pick<ModelInfo, 'size'>): string {
  return size ? `${size.width} × ${size.height} pixels only` : 'any size';
}
