import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Explanation, SemblanceError } from '../../../src-main/contract/index.ts';
import type * as ReasonsModule from '../../../src-renderer/state/reasons.svelte.ts';

let Reasons: typeof ReasonsModule.Reasons;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  ({ Reasons } = await import('../../../src-renderer/state/reasons.svelte.ts'));
});

function explanationOf(score: number): Explanation {
  const heatMap = { columns: 1, rows: 1, cells: [score] };
  return {
    score,
    approximate: false,
    examples: [{ share: score, heatMap, constant: 0 }],
    result: { heatMap, constant: 0, parts: [] },
    milliseconds: 1,
  };
}

describe('the reasons of a result', () => {
  it('are those of the photo that was asked about last, whichever is answered first', async () => {
    const answers = new Map<number, (explanation: Explanation) => void>();
    const reasons = new Reasons((photoId) => new Promise((answer) => answers.set(photoId, answer)));
    const asked = [reasons.of({ id: 1 }), reasons.of({ id: 2 })];
    answers.get(2)?.(explanationOf(0.2));
    answers.get(1)?.(explanationOf(0.1));
    await Promise.all(asked);
    expect(reasons.explanation?.score).toBe(0.2);
  });

  it('give way to what went wrong, and come back when they are found after all', async () => {
    let isAway = true;
    const away = new SemblanceError('not-available', 'a.jpg is on a drive that is not there.');
    const reasons = new Reasons(() => (isAway ? Promise.reject(away) : Promise.resolve(explanationOf(0.5))));
    await reasons.of({ id: 1 });
    expect(reasons.error).toBe('a.jpg is on a drive that is not there.');
    expect(reasons.explanation).toBeNull();
    isAway = false;
    await reasons.of({ id: 1 });
    expect(reasons.error).toBeNull();
    expect(reasons.explanation?.score).toBe(0.5);
  });
});
