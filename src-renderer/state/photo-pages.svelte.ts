/** The library's photos, fetched page by page as the grid comes to show them. */
import type { PhotoFilter, PhotoSummary } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';

export const pageSize = 200;
/** Pages that are kept: as many as anybody scrolls back over. */
export const mostPages = 60;

export type PhotoOrder = 'path' | 'added';

interface Page {
  photos: PhotoSummary[];
  /** The round in which it was asked for; older ones are shown until a newer one arrives. */
  round: number;
}

/** The map of pages is replaced, and never changed in place. */
const noPages: ReadonlyMap<number, Page> = new Map();

export class PhotoPages {
  total = $state(0);
  /** False until the first answer, so that nobody is told of an empty library too early. */
  known = $state(false);
  order = $state<PhotoOrder>('path');
  filter = $state.raw<PhotoFilter>({});
  /** Where the person is: the photo that has the focus, and the first one in sight. */
  current = $state(0);
  first = 0;
  /** Counts up whenever the photos may have changed. */
  #round = $state(0);
  #pages = $state.raw<ReadonlyMap<number, Page>>(noPages);
  readonly #client: Client;
  readonly #fetching = new Set<number>();
  #latest = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The photo at a place of the grid; undefined while its page is not there yet. */
  at(place: number): PhotoSummary | undefined {
    return this.#pages.get(Math.floor(place / pageSize))?.photos[place % pageSize];
  }

  /** Makes sure that the pages of these places are there or on their way. Depends on the round. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
      this.#latest = page;
      if (this.#pages.get(page)?.round !== this.#round) void this.#fetch(page);
    }
  }

  /** Has what is shown fetched again; what is there stays until the new arrives. */
  async refresh(): Promise<void> {
    this.#round += 1;
    await this.#fetch(this.#latest);
  }

  sortBy(order: PhotoOrder): Promise<void> {
    this.order = order;
    return this.#restart();
  }

  filterBy(filter: PhotoFilter): Promise<void> {
    this.filter = filter;
    return this.#restart();
  }

  /** Other photos stand at the places now. */
  async #restart(): Promise<void> {
    this.#pages = noPages;
    this.current = 0;
    this.first = 0;
    await this.refresh();
  }

  async #fetch(page: number): Promise<void> {
    if (this.#fetching.has(page)) return;
    this.#fetching.add(page);
    const { order, filter } = this;
    const round = this.#round;
    try {
      const answer = await this.#client.call('photos', {
        offset: page * pageSize,
        limit: pageSize,
        order,
        filter,
      });
      if (order !== this.order || filter !== this.filter) return;
      this.#keep(page, { photos: answer.photos, round });
      this.total = answer.total;
      this.known = true;
    } catch {
      // The engine is away; everything is fetched again when it is back.
      return;
    } finally {
      this.#fetching.delete(page);
    }
    // Changes that came meanwhile are not in this answer.
    if (round !== this.#round) await this.#fetch(page);
  }

  #keep(page: number, content: Page): void {
    const pages = new Map(this.#pages);
    pages.delete(page);
    pages.set(page, content);
    for (const oldest of pages.keys()) {
      if (pages.size <= mostPages) break;
      pages.delete(oldest);
    }
    this.#pages = pages;
  }
}
