import { describe, expect, it } from 'vitest';
import type { DuplicateMember, PhotoDetails } from '../../../src-main/contract/index.ts';
import { comparedFacts } from '../../../src-renderer/duplicates/compared-facts.ts';

function member(changes: Partial<PhotoDetails>, sharpness: number | null = null): DuplicateMember {
  const photo = {
    id: 1,
    path: '/photos/2024/a.jpg',
    name: 'a.jpg',
    width: 4000,
    height: 3000,
    sizeBytes: 4e6,
    format: 'jpeg',
    takenAtMs: null,
    modifiedAtMs: 0,
    ...changes,
  } as PhotoDetails;
  return { photo, contentId: photo.id, score: 1, sharpness, kept: false };
}

const better = (one: DuplicateMember, other: DuplicateMember): Record<string, 0 | 1 | null> =>
  Object.fromEntries(comparedFacts([one, other]).map((fact) => [fact.name, fact.better]));

describe('two photos in comparison', () => {
  it('show which has more detail, is less compressed, is dated, and is sharper', () => {
    const worse = member({ width: 2000, height: 1500, sizeBytes: 1e6 }, 10);
    const good = member({ takenAtMs: 0 }, 20);
    expect(better(worse, good)).toMatchObject({ Pixels: 1, Size: 1, Taken: 1, Sharpness: 1 });
    expect(better(good, worse)).toMatchObject({ Pixels: 0, Size: 0, Taken: 0, Sharpness: 0 });
  });

  it('leave it open where the difference is small, or says nothing', () => {
    const png = member({ format: 'png', sizeBytes: 9e6 });
    expect(better(member({}), png)).toMatchObject({ Pixels: null, Size: null, Format: null, Taken: null });
    expect(better(member({}, 10), member({ sizeBytes: 3.9e6 }, 9.5))).toMatchObject({
      Size: null,
      Sharpness: null,
    });
  });

  it('tell of sharpness only where it was looked at', () => {
    expect(better(member({}), member({}))).not.toHaveProperty('Sharpness');
    expect(better(member({}, 3), member({}))).toMatchObject({ Sharpness: null });
  });
});
