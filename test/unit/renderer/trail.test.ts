import { describe, expect, it } from 'vitest';
import { Trail } from '../../../src-renderer/state/trail.ts';

describe('the trail of queries', () => {
  it('leads back and forward again', () => {
    const trail = new Trail<string>(10);
    trail.push('beach');
    trail.push('forest');
    expect([trail.back(), trail.back(), trail.forward()]).toEqual(['beach', null, 'forest']);
  });

  it('drops the way forward when a new query begins, and says so', () => {
    const dropped: string[] = [];
    const trail = new Trail<string>(10, (step) => dropped.push(step));
    for (const step of ['beach', 'forest']) trail.push(step);
    trail.back();
    trail.push('town');
    expect(trail.canGoForward).toBe(false);
    expect(dropped).toEqual(['forest']);
  });

  it('changes a step in its place, and says that it was another', () => {
    const dropped: string[] = [];
    const trail = new Trail<string>(10, (step) => dropped.push(step));
    for (const step of ['beach', 'forest']) trail.push(step);
    trail.back();
    trail.replace('town');
    expect([trail.current, trail.forward(), dropped]).toEqual(['town', 'forest', ['beach']]);
    expect(trail.steps).toEqual(['town', 'forest']);
  });

  it('forgets the oldest when it is full', () => {
    const trail = new Trail<number>(2);
    for (const step of [1, 2, 3]) trail.push(step);
    expect([trail.back(), trail.canGoBack]).toEqual([2, false]);
  });
});
