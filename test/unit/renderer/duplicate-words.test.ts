import { describe, expect, it } from 'vitest';
import { histogramWords } from '../../../src-renderer/duplicates/words.ts';

describe('the histogram of duplicates in words', () => {
  const thresholds = { outcomes: [], suggested: 0.8, complete: true };

  it('says how many photos lie above the threshold, and where half of all lie', () => {
    const counts = [0, 0, 0, 10, 30, 40, 8, 6, 4, 2];
    expect(histogramWords({ ...thresholds, counts }, 0.8)).toBe(
      'Of 100 photos, 6 have one that is at least 0.80 alike; half have none above 0.60.',
    );
  });

  it('says nothing where there is nothing', () => {
    expect(histogramWords({ ...thresholds, counts: [0, 0] }, 0.8)).toBe('');
  });
});
