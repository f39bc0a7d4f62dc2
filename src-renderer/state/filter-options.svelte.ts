/** What a filter can be made of: asked of the engine whenever somebody looks. */
import type { DirectoryCount, FormatCount, TagCount } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';

export class FilterOptions {
  formats = $state.raw<FormatCount[]>([]);
  tags = $state.raw<TagCount[]>([]);
  directories = $state.raw<DirectoryCount[]>([]);
  readonly #client: Client;
  #question = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** @param folderIds the folders whose directories are offered; all of them where undefined */
  async load(folderIds: number[] | undefined): Promise<void> {
    const question = ++this.#question;
    const [formats, tags, directories] = await Promise.all([
      this.#client.call('formats', {}),
      this.#client.call('tags', {}),
      this.#client.call('directories', folderIds ? { folderIds } : {}),
    ]);
    if (question === this.#question) Object.assign(this, { formats, tags, directories });
  }
}
