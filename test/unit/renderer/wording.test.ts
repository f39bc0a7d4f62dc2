import { afterEach, describe, expect, it } from 'vitest';
import type { IndexSummary, Job, RetunePlan } from '../../../src-main/contract/index.ts';
import { settleLocale } from '../../../src-renderer/language.ts';
import {
  bytes,
  decimal,
  jobLine,
  listed,
  modelSize,
  mustReadQuestion,
  patternCountWords,
  patternLines,
  percent,
  planSentences,
  signed,
  significant,
  summaryWords,
  tapCount,
  timeLeft,
} from '../../../src-renderer/wording.ts';

const job: Job = {
  id: 1,
  kind: 'index',
  state: 'running',
  step: 'Indexing',
  done: 1204,
  total: 9870,
  photosPerSecond: 38.2,
  secondsLeft: 227,
  startedAtMs: 0,
  endedAtMs: null,
  error: null,
  obstacle: null,
  summary: null,
  training: [],
  outcome: '',
  found: null,
  model: null,
};

describe('the line of a running job', () => {
  it('says what it does, how far it is, how fast, and how long yet', () => {
    expect(jobLine(job)).toBe('Indexing 1,204 of 9,870 · 38/s · 4 min left');
  });

  it('says only what it does while nothing is counted', () => {
    expect(jobLine({ ...job, step: 'Looking for photos', done: 0, total: 0, secondsLeft: null })).toBe(
      'Looking for photos',
    );
  });

  it('says that there is no room while it waits for that', () => {
    const obstacle = { code: 'disk-full', path: '/library', neededBytes: 2e7, freeBytes: 1e5 } as const;
    expect(jobLine({ ...job, state: 'paused', obstacle })).toBe(
      'Indexing 1,204 of 9,870 · no room on the disk',
    );
  });

  it('promises no end while it is paused', () => {
    expect(jobLine({ ...job, state: 'paused' })).toBe('Indexing 1,204 of 9,870 · paused');
  });

  it('never takes steps of learning and of searching for photos', () => {
    const steps = { ...job, step: 'Learning p', done: 7, total: 20, photosPerSecond: 0.4, secondsLeft: 33 };
    expect(jobLine({ ...steps, kind: 'fit' })).toBe('Learning p · 35 % · 33 s left');
    expect(jobLine({ ...steps, kind: 'tune-search', done: 12.34, total: 30 })).toBe(
      'Learning p · 41 % · 33 s left',
    );
    expect(jobLine({ ...steps, kind: 'fit', state: 'paused' })).toBe('Learning p · 35 % · paused');
  });

  it('counts the bytes of a download', () => {
    const download: Job = {
      ...job,
      kind: 'download',
      step: 'Downloading ResNet-50',
      done: 4_500_000,
      total: 102_576_593,
      photosPerSecond: 0,
      secondsLeft: 12,
    };
    expect(jobLine(download)).toBe('Downloading ResNet-50 · 4.5 MB of 102.6 MB · 12 s left');
    expect(jobLine({ ...download, state: 'paused', secondsLeft: null })).toBe(
      'Downloading ResNet-50 · 4.5 MB of 102.6 MB · paused',
    );
    expect(
      jobLine({ ...download, step: 'Trying ResNet-50 on a picture', done: 0, total: 0, secondsLeft: null }),
    ).toBe('Trying ResNet-50 on a picture');
  });

  it('never says that no time is left while there is work', () => {
    expect(timeLeft(0.2)).toBe('1 s');
    expect(timeLeft(2 * 3600)).toBe('2.0 h');
  });
});

describe('what applying costs', () => {
  const plan: RetunePlan = {
    photos: 1000,
    photosToRead: 0,
    photosToPreview: 0,
    secondsToRead: 0,
    secondsToBuild: 0.4,
    cacheBytes: 0,
    learns: false,
  };

  it('is said in sentences', () => {
    expect(planSentences(plan)).toEqual([
      'No photo has to be read again.',
      'All descriptors are computed anew: less than a second.',
      'No further disk space is needed.',
    ]);
    expect(
      planSentences({ ...plan, photosToRead: 1000, secondsToRead: 130, cacheBytes: 37.6e6, learns: true }),
    ).toEqual([
      '1,000 photos must be read again: about 3 min.',
      'All descriptors are computed anew: less than a second.',
      'Learning takes a further minute or more.',
      'The cache grows by 37.6 MB.',
    ]);
  });

  it('is asked about before photos are read', () => {
    expect(mustReadQuestion({ ...plan, photosToRead: 1000, secondsToRead: 40, cacheBytes: 37.6e6 })).toBe(
      '1,000 photos go through the network again, which takes about 40 s and 37.6 MB of disk space. The search goes on with the recipe in service meanwhile.',
    );
  });
});

describe('numbers', () => {
  it('have units and signs', () => {
    expect([38_000, 912_000, 4.48e6, 20e9].map(bytes)).toEqual(['38 kB', '912 kB', '4.5 MB', '20.0 GB']);
    expect([0.0184, -0.0184, 0.0001, -0.0001].map((each) => signed(each, 3))).toEqual([
      '+0.018',
      '−0.018',
      '0.000',
      '0.000',
    ]);
  });
});

describe('numbers and lists of another language', () => {
  afterEach(() => settleLocale({ language: 'en', formats: 'en' }));

  it('are written as it writes them, to the same digits', () => {
    const written = (): string[] => [
      decimal(0.7074, 3),
      decimal(50, 0, 1),
      significant(0.0707123, 3),
      percent(0.998),
      signed(-0.0184, 3),
      bytes(4.48e6),
      listed(['a', 'b', 'c']),
      listed(['a', 'b'], 'disjunction'),
    ];
    expect(written()).toEqual([
      '0.707',
      '50',
      '0.0707',
      '99.8 %',
      '−0.018',
      '4.5 MB',
      'a, b and c',
      'a or b',
    ]);
    settleLocale({ language: 'de', formats: 'de-AT' });
    expect(written()).toEqual([
      '0,707',
      '50',
      '0,0707',
      '99,8 %',
      '−0,018',
      '4,5 MB',
      'a, b und c',
      'a oder b',
    ]);
  });
});

describe('a model in words', () => {
  it('has taps, and takes pictures of one size or of any', () => {
    const tap = { name: 's8', channels: 64, stride: 8 };
    expect(tapCount({ taps: [tap] })).toBe('1 tap');
    expect(tapCount({ taps: [tap, tap] })).toBe('2 taps');
    expect(modelSize({ size: null })).toBe('any size');
    expect(modelSize({ size: { width: 224, height: 256 } })).toBe('224 × 256 pixels only');
  });
});

describe('what indexing came to', () => {
  const nothing: IndexSummary = {
    photos: 9000,
    indexed: 0,
    unchanged: 9000,
    moved: 0,
    removed: 0,
    ignored: 3,
    skipped: [],
    skippedCount: 0,
    offline: [],
    seconds: 1,
    photosPerSecond: 0,
  };

  it('names what has moved, and nothing where nothing has changed', () => {
    expect(summaryWords(nothing)).toBe('');
    expect(summaryWords({ ...nothing, moved: 1204 })).toBe('moved 1,204');
    expect(summaryWords({ ...nothing, indexed: 2, removed: 1, offline: ['/mnt/usb'] })).toBe(
      'indexed 2, removed 1, 1 folder offline',
    );
  });

  it('is told of patterns by photos and bytes', () => {
    const counts = { kept: { photos: 1, bytes: 2e6 }, leftOut: { photos: 1204, bytes: 3e9 } };
    expect(patternCountWords(counts)).toBe('1 photo kept (2.0 MB), 1,204 left out (3.0 GB)');
    expect(patternLines('# a word on it\n\n*.png')).toBe('1 pattern');
  });
});
