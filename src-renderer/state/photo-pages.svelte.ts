/** The library's photos, fetched page by page as the grid comes to show them. */
import type { PhotoSummary } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';

export const pageSize = 200;
/** Pages that are kept: as many as anybody scrolls back over. */
const mostPages = 60;

export type PhotoOrder = 'path' | 'added';

export class PhotoPages {
  total = $state(0);
  /** False until the first answer, so that nobody is told of an empty library too early. */
  known = $state(false);
  order = $state<PhotoOrder>('path');
  #pages = $state.raw(new Map<number, PhotoSummary[]>());
  readonly #client: Client;
  readonly #fetching = new Set<number>();
  #round = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The photo at a place of the grid; asks for its page where that is not there yet. */
  at(position: number): PhotoSummary | undefined {
    return this.#pages.get(Math.floor(position / pageSize))?.[position % pageSize];
  }

  /** Makes sure that the pages of these places are there or on their way. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
      if (!this.#pages.has(page)) void this.#fetch(page);
    }
  }

  /** Fetches what is shown again; what is there stays until the new arrives. */
  async refresh(): Promise<void> {
    this.#round += 1;
    this.#fetching.clear();
    const pages = this.#pages.size === 0 ? [0] : [...this.#pages.keys()].slice(-3);
    const fresh = new Map([...this.#pages].filter(([page]) => pages.includes(page)));
    this.#pages = fresh;
    await Promise.all(pages.map((page) => this.#fetch(page)));
  }

  async sortBy(order: PhotoOrder): Promise<void> {
    this.order = order;
    this.#pages = new Map();
    await this.refresh();
  }

  async #fetch(page: number): Promise<void> {
    if (this.#fetching.has(page)) return;
    this.#fetching.add(page);
    const round = this.#round;
    try {
      const { order } = this;
      const answer = await this.#client.call('photos', { offset: page * pageSize, limit: pageSize, order });
      if (round !== this.#round) return;
      const pages = new Map(this.#pages);
      pages.delete(page);
      pages.set(page, answer.photos);
      for (const old of pages.keys()) if (pages.size > mostPages) pages.delete(old);
      this.#pages = pages;
      this.total = answer.total;
      this.known = true;
    } catch {
      // The engine is away; everything is fetched again when it is back.
    } finally {
      this.#fetching.delete(page);
    }
  }
}
