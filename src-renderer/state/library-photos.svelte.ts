/** The library's photos as they lie in the grid: where each is, at once; what is known of it, as it comes in sight. */
import {
  messageOf,
  type PhotoArrangement,
  type PhotoDetails,
  type PhotoFilter,
  type PhotoGroup,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { PhotoSelection } from './photo-selection.svelte.ts';

/** Photos whose details are fetched together. */
export const blockSize = 100;
/** Photos whose details are kept: as many as anybody scrolls back over. */
export const mostKept = 10_000;

export type Arrangement = Pick<PhotoArrangement, 'order' | 'direction' | 'groupBy'>;

interface Layout {
  ids: Uint32Array;
  shapes: Uint16Array;
  groups: PhotoGroup[];
}

interface Known {
  /** undefined for one that has gone. */
  photo: PhotoDetails | undefined;
  /** The round in which it was asked for; older ones are shown until a newer one arrives. */
  round: number;
}

const empty: Layout = { ids: new Uint32Array(), shapes: new Uint16Array(), groups: [] };

export class LibraryPhotos {
  /** False until the first answer, so that nobody is told of an empty library too early. */
  known = $state(false);
  /** Photos in the library, whatever the filter. */
  total = $state(0);
  /** Whether another order or filter is on its way. */
  busy = $state(false);
  error = $state<string | null>(null);
  arrangement = $state.raw<Arrangement>({ order: 'path' });
  filter = $state.raw<PhotoFilter>({});
  /** Whether a person has gone to a photo. Until then the first place is the current one, whatever photo comes there. */
  isVisited = false;
  /** The first photo that begins in sight, and how far the grid is scrolled beyond it: less than nothing below the top. */
  scrolled = { id: 0, beyond: 0 };
  readonly selection: PhotoSelection;
  #current = $state(0);
  #layout = $state.raw<Layout>(empty);
  /** Counts up whenever the photos may have changed. */
  #round = $state(0);
  /** Counts up whenever details arrive. */
  #arrived = $state(0);
  readonly #details = new Map<number, Known>();
  readonly #fetching = new Set<number>();
  readonly #client: Client;
  #question = 0;

  constructor(client: Client) {
    this.#client = client;
    this.selection = new PhotoSelection(() => this);
  }

  /** Photos that are shown: all, or those that meet the filter. */
  get count(): number {
    return this.ids.length;
  }

  /** The photo that has the focus, or gets it when the grid does, by its place. */
  get current(): number {
    return this.#current;
  }

  set current(place: number) {
    this.#current = place;
    this.isVisited = true;
  }

  get ids(): Uint32Array {
    return this.#layout.ids;
  }

  get shapes(): Uint16Array {
    return this.#layout.shapes;
  }

  get groups(): PhotoGroup[] {
    return this.#layout.groups;
  }

  /** The photo at a place; undefined while it is not known yet. */
  at(place: number): PhotoDetails | undefined {
    return this.#arrived >= 0 ? this.#details.get(this.ids[place])?.photo : undefined;
  }

  /** Makes sure that these places are known or on their way. Depends on the round, and on what arrives of an earlier one. */
  need(first: number, last: number): void {
    if (this.#arrived < 0) return;
    const end = Math.min(last, this.count - 1);
    for (let block = Math.floor(first / blockSize); block <= Math.floor(end / blockSize); block++) {
      void this.#fetch(this.ids.subarray(block * blockSize, (block + 1) * blockSize));
    }
  }

  /** Has what is shown fetched again; what is there stays until the new arrives. */
  async refresh(): Promise<void> {
    const question = ++this.#question;
    try {
      const { ids, shapes, groups } = await this.#client.call('photoLayout', {
        ...this.arrangement,
        filter: this.filter,
      });
      if (question !== this.#question) return;
      // The bytes may lie anywhere in a message, and numbers only at places of their size.
      this.#show({
        ids: new Uint32Array(ids.slice().buffer),
        shapes: new Uint16Array(shapes.slice().buffer),
        groups,
      });
      Object.assign(this, { known: true, error: null, busy: false });
    } catch (error) {
      if (question !== this.#question) return;
      this.busy = false;
      // While the engine is away, what is there stays; everything is fetched again when it is back.
      const lost = error instanceof Error && 'code' in error && error.code === 'engine-lost';
      if (!lost) this.error = messageOf(error);
    }
  }

  arrange(arrangement: Arrangement): Promise<void> {
    this.arrangement = arrangement;
    return this.#restart();
  }

  filterBy(filter: PhotoFilter): Promise<void> {
    this.filter = filter;
    return this.#restart();
  }

  /** Other photos stand at the places from now on. */
  async #restart(): Promise<void> {
    this.busy = true;
    this.#current = 0;
    this.isVisited = false;
    this.scrolled = { id: 0, beyond: 0 };
    this.selection.clear();
    await this.refresh();
  }

  #show(layout: Layout): void {
    const currentId = this.ids[this.current];
    const isSame =
      same(layout.ids, this.ids) &&
      same(layout.shapes, this.shapes) &&
      JSON.stringify(layout.groups) === JSON.stringify(this.groups);
    if (!isSame) {
      this.#layout = layout;
      const place = this.isVisited ? layout.ids.indexOf(currentId) : 0;
      this.#current = place < 0 ? Math.max(0, Math.min(this.current, layout.ids.length - 1)) : place;
      this.selection.keepThose(layout.ids);
    }
    this.#round += 1;
  }

  async #fetch(block: Uint32Array): Promise<void> {
    const round = this.#round;
    const ids = block.filter((id) => this.#details.get(id)?.round !== round && !this.#fetching.has(id));
    if (ids.length === 0) return;
    for (const id of ids) this.#fetching.add(id);
    try {
      const photos = await this.#client.call('photosById', { photoIds: Array.from(ids) });
      this.#keep(ids, photos, round);
    } catch {
      // The engine is away; everything is fetched again when it is back.
    } finally {
      for (const id of ids) this.#fetching.delete(id);
    }
  }

  #keep(ids: Uint32Array, photos: PhotoDetails[], round: number): void {
    const found = new Map(photos.map((photo) => [photo.id, photo]));
    for (const id of ids) {
      // What was fetched last stands last.
      this.#details.delete(id);
      this.#details.set(id, { photo: found.get(id), round });
    }
    for (const oldest of this.#details.keys()) {
      if (this.#details.size <= mostKept) break;
      this.#details.delete(oldest);
    }
    this.#arrived += 1;
  }
}

function same(a: Uint32Array | Uint16Array, b: Uint32Array | Uint16Array): boolean {
  return a.length === b.length && a.every((value, place) => value === b[place]);
}
