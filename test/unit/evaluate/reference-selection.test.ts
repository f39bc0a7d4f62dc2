import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ArrayError,
  readArray,
  readReference,
  type Reference,
  type ReferenceArray,
} from '../../../src-main/evaluate/reference-data.ts';
import { selectionErrors } from '../../../src-main/evaluate/reference-selection.ts';

const folder = path.resolve('../shared/reference');

describe.skipIf(!existsSync(folder))('golden data of selection (skipped without ../shared/reference)', () => {
  let reference: Reference;
  const arrays = new Map<string, ReferenceArray>();
  let features: ReferenceArray;
  beforeAll(async () => {
    reference = await readReference(folder);
    for (const name of ['f_classif.scores', 'variance.values', 'mutual_info.scores'])
      arrays.set(name, await readArray(folder, reference.arrays[name]));
    features = await readArray(folder, reference.arrays['concat.gem3']);
  });
  const errorOf = (name: string, changed: Partial<Reference> = {}): ArrayError | undefined =>
    [...selectionErrors(features, { ...reference, ...changed }, arrays)].find(({ array }) => array === name);

  it.each(['f_classif.scores', 'variance.values'])('is met within 1e-3 by %s', (name) => {
    expect(errorOf(name)?.maxRelativeError).toBeLessThan(1e-3);
  });

  it('is met by the order of features by mutual information', () => {
    expect(errorOf('mutual_info.scores')?.spearman).toBeGreaterThan(0.99);
  });

  it('is missed altogether when other features are kept', () => {
    const selection = reference.variance_threshold;
    const kept = selection?.kept.slice(1) ?? [];
    const threshold = selection?.threshold ?? 0;
    expect(errorOf('variance.values', { variance_threshold: { threshold, kept } })?.maxRelativeError).toBe(
      Infinity,
    );
  });
});
