import { describe, expect, it } from 'vitest';
import {
  nothingSelected,
  selectOnly,
  selectTo,
  stillThere,
  toggle,
} from '../../../src-renderer/library/selecting.ts';

const order = Uint32Array.from([10, 20, 30, 40, 50]);

describe('a selection', () => {
  it('is of one photo after a click, and loses it with a second one beside Ctrl', () => {
    const one = selectOnly(20);
    expect([...one.ids]).toEqual([20]);
    expect([...toggle(one, 20).ids]).toEqual([]);
    expect([...toggle(one, 40).ids]).toEqual([20, 40]);
  });

  it('reaches from the anchor either way, and shrinks again', () => {
    const begun = selectOnly(30);
    const down = selectTo(begun, order, 2, 4);
    expect([...down.ids]).toEqual([30, 40, 50]);
    const up = selectTo(down, order, 4, 1);
    expect([...up.ids]).toEqual([20, 30]);
    expect(up.anchor).toBe(30);
  });

  it('reaches from the photo in focus where nothing was selected', () => {
    expect([...selectTo(nothingSelected, order, 1, 2).ids]).toEqual([20, 30]);
  });

  it('keeps what is selected elsewhere where that is asked for', () => {
    const begun = toggle(selectOnly(10), 40);
    expect([...selectTo(begun, order, 3, 4, true).ids]).toEqual([10, 40, 50]);
  });

  it('holds only what is still there', () => {
    const some = selectTo(selectOnly(10), order, 0, 2);
    expect(stillThere(some, order)).toBe(some);
    expect([...stillThere(some, Uint32Array.from([30, 20])).ids]).toEqual([30, 20]);
    expect(stillThere(some, Uint32Array.from([30])).anchor).toBeNull();
  });
});
