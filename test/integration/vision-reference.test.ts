import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyReference } from '../../src-main/evaluate/index.ts';

const folder = path.resolve('../shared/reference');

describe.skipIf(!existsSync(folder))('golden data (skipped without ../shared/reference)', () => {
  it('is met within 1e-3 by pooling, PCA and normalisations', async () => {
    const errors = new Map<string, number>();
    for await (const { array, maxRelativeError } of verifyReference(folder))
      errors.set(array, maxRelativeError);
    expect(errors.size).toBeGreaterThanOrEqual(33);
    for (const name of [
      'gap.layer3',
      'gmp.layer4',
      'gem2.5.layer3',
      'gem10.layer4',
      'concat.gem3.l2_per_layer',
    ]) {
      expect(errors.has(name)).toBe(true);
    }
    expect([...errors].filter(([, error]) => !(error <= 1e-3))).toEqual([]);
  });

  it('is asked for where there is none', async () => {
    await expect(verifyReference('test').next()).rejects.toMatchObject({ code: 'not-found' });
  });
});
