/** Searches that a person keeps, with the number of new photos that each finds. */
import type { EngineEvents, SavedSearch } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { queryFor, queryOfSaved, rankingFor } from '../searching/contract-query.ts';
import type { SearchQuery } from '../searching/query.ts';

export class SavedSearches {
  /** In alphabetical order; null until they are known. */
  list = $state.raw<SavedSearch[] | null>(null);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** New photos of all of them together. */
  get newPhotos(): number {
    return (this.list ?? []).reduce((sum, { newPhotos }) => sum + (newPhotos ?? 0), 0);
  }

  hasName(name: string): boolean {
    return (this.list ?? []).some((saved) => saved.name === name.trim());
  }

  async refresh(): Promise<void> {
    this.list = await this.#client.call('savedSearches', {});
  }

  /** Keeps a query, in place of one that has its name already. Rejects with a `SemblanceError`. */
  async save(name: string, query: SearchQuery): Promise<void> {
    const ranking = rankingFor(query);
    await this.#client.call('saveSearch', {
      name,
      query: await queryFor(query),
      ...(ranking && { ranking }),
      ...(this.hasName(name) && { replace: true }),
    });
    await this.refresh();
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#client.call('renameSavedSearch', { id, name });
    await this.refresh();
  }

  async remove(id: string): Promise<void> {
    await this.#client.call('removeSavedSearch', { id });
    await this.refresh();
  }

  /** What one searches for now, and what of it could not be kept to. */
  async open(id: string): Promise<{ query: SearchQuery; leftOut: string[] }> {
    const opened = await this.#client.call('openSavedSearch', { id });
    return { query: queryOfSaved(opened), leftOut: opened.leftOut };
  }

  hear({ id, newPhotos }: EngineEvents['savedSearchChanged']): void {
    this.list = this.list?.map((saved) => (saved.id === id ? { ...saved, newPhotos } : saved)) ?? null;
  }
}
