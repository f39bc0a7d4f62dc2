/**
 * Which id stands in which row, both ways: rows follow each other without a gap. In typed arrays, because a `Map` and an
 * array of a million take 46 MB (measured), and the HNSW index leaves little room beside it.
 */

const leastRoom = 1024;
/** Slots for each row that there is room for, so that few ids meet in one. */
const slotsPerRow = 2;
/** 2³² divided by the golden ratio: neighbouring ids go far apart. Knuth, The Art of Computer Programming, 6.4. */
const spread = 0x9e3779b1;

export class RowIds {
  #size = 0;
  /** Ids may be as large as a number can say exactly. */
  #ids = new Float64Array(leastRoom);
  /** Rows, counted from one, at the slots of their ids or behind them; 0 where none is. */
  #slots = new Uint32Array(slotsPerRow * leastRoom);

  get size(): number {
    return this.#size;
  }

  idOf(row: number): number {
    return this.#ids[row];
  }

  rowOf(id: number): number | undefined {
    const row = this.#slots[this.#slotOf(id)];
    return row === 0 ? undefined : row - 1;
  }

  /** All of them, in the order of their rows, until anything changes. */
  all(): Float64Array {
    return this.#ids.subarray(0, this.#size);
  }

  /** @param id one that is not there */
  append(id: number): void {
    if (this.#size === this.#ids.length) this.#grow();
    this.#ids[this.#size] = id;
    this.#size += 1;
    this.#slots[this.#slotOf(id)] = this.#size;
  }

  /** The last row's id takes the place of the removed one. */
  remove(id: number): void {
    const row = this.rowOf(id);
    if (row === undefined) return;
    this.#empty(this.#slotOf(id));
    this.#size -= 1;
    if (row === this.#size) return;
    const last = this.#ids[this.#size];
    this.#slots[this.#slotOf(last)] = row + 1;
    this.#ids[row] = last;
  }

  /** Where an id is, or would be put. */
  #slotOf(id: number): number {
    let slot = this.#home(id);
    for (let row = this.#slots[slot]; row !== 0 && this.#ids[row - 1] !== id; row = this.#slots[slot]) {
      slot = this.#next(slot);
    }
    return slot;
  }

  /** The number of slots is a power of two. */
  #home(id: number): number {
    return (Math.imul(id, spread) >>> 7) & (this.#slots.length - 1);
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  /** What was put behind its place because of this one moves up, so that no search ends too early. */
  #empty(gap: number): void {
    const mask = this.#slots.length - 1;
    for (let slot = this.#next(gap); this.#slots[slot] !== 0; slot = this.#next(slot)) {
      const home = this.#home(this.#ids[this.#slots[slot] - 1]);
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot];
      gap = slot;
    }
    this.#slots[gap] = 0;
  }

  #grow(): void {
    const ids = new Float64Array(2 * this.#ids.length);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#slots = new Uint32Array(slotsPerRow * ids.length);
    for (let row = 0; row < this.#size; row++) this.#slots[this.#slotOf(ids[row])] = row + 1;
  }
}
