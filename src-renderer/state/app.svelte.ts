/** What the whole interface shares. */
import {
  type EngineState,
  type EngineStatus,
  type Folder,
  type HostInfo,
  type Job,
  messageOf,
  type PhotoSummary,
  type Recipe,
} from '../../src-main/contract/index.ts';
import type { Client, ClientEvent, Connection } from '../client.ts';
import { throttle } from '../throttle.ts';
import { Duplicates } from './duplicates.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { PhotoMapState } from './photo-map.svelte.ts';
import { PhotoPages } from './photo-pages.svelte.ts';
import { Quality } from './quality.svelte.ts';
import { Search } from './search.svelte.ts';
import { Tune } from './tune.svelte.ts';

/** Least time between two looks at a library that is changing. */
const refreshMs = 500;

export type View = 'library' | 'search' | 'duplicates' | 'map' | 'tune' | 'quality' | 'settings';

export class AppState {
  readonly client: Client;
  readonly notices = new Notices();
  readonly photos: PhotoPages;
  readonly search: Search;
  readonly duplicates: Duplicates;
  readonly map: PhotoMapState;
  readonly tune: Tune;
  readonly quality: Quality;
  view = $state<View>('library');
  connection = $state<Connection>('connecting');
  engine = $state<EngineState>('starting');
  host = $state.raw<HostInfo | null>(null);
  status = $state.raw<EngineStatus | null>(null);
  folders = $state.raw<Folder[]>([]);
  jobs = $state.raw<Job[]>([]);
  addingFolder = $state(false);
  showingShortcuts = $state(false);
  readonly #refresh = throttle(() => this.reload(), refreshMs);

  constructor(client: Client) {
    this.client = client;
    this.photos = new PhotoPages(client);
    this.search = new Search(client);
    this.duplicates = new Duplicates(client);
    this.map = new PhotoMapState(client, () => this.jobs);
    this.tune = new Tune(client, () => this.jobs);
    this.quality = new Quality(client, () => this.jobs);
    client.subscribe((event) => this.#hear(event));
    void this.reload();
  }

  /** The job that the status bar shows: what runs, else what waits; of what runs side by side, a download last. */
  get job(): Job | undefined {
    const open = this.jobs
      .filter(({ endedAtMs }) => endedAtMs === null)
      .sort((a, b) => Number(a.kind === 'download') - Number(b.kind === 'download'));
    return open.find(({ state }) => state !== 'queued') ?? open.at(0);
  }

  /** Fetches all that is shown anew. */
  async reload(): Promise<void> {
    await this.attempt(async () => {
      this.host ??= await this.client.call('hostInfo', {});
      const [status, folders, jobs] = await Promise.all([
        this.client.call('status', {}),
        this.client.call('folders', {}),
        this.client.call('jobs', {}),
        this.photos.refresh(),
      ]);
      Object.assign(this, { status, folders, jobs, engine: 'ready' });
    });
  }

  /** Runs something, and shows what goes wrong. An engine that is away is told of by the banner. */
  async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const lost = error instanceof Error && 'code' in error && error.code === 'engine-lost';
      if (!lost) this.notices.error(error);
    }
  }

  async addFolder(path: string): Promise<void> {
    const folder = await this.client.call('addFolder', { path });
    await this.client.call('startIndexing', { folderIds: [folder.id] });
    await this.reload();
  }

  async removeFolder(folderId: number): Promise<void> {
    await this.client.call('removeFolder', { folderId });
    await this.reload();
  }

  findSimilar(photo: { id: number; name: string }): void {
    this.view = 'search';
    void this.search.withPhoto(photo);
  }

  /** Searches with several photos at once. */
  findSimilarToAll(photos: readonly { id: number; name: string }[]): void {
    this.view = 'search';
    void this.search.withPhotos(photos);
  }

  findSimilarTo(file: File): void {
    this.view = 'search';
    void this.search.withFile(file);
  }

  /** Shows what a draft would find for a photo of the library. */
  tuneWith(photo: PhotoSummary): void {
    this.tune.preview.add(photo);
    this.view = 'tune';
  }

  /** The Tune screen shows what a changed draft would find, what reading the photos again costs, and applies it. */
  tuneTo(change: (draft: Recipe) => Recipe): Promise<void> {
    return this.attempt(async () => {
      await this.tune.open();
      if (this.tune.draft) this.tune.set(change(this.tune.draft));
      this.view = 'tune';
    });
  }

  reveal(photo: { id: number; path: string }): Promise<void> {
    return this.attempt(async () => {
      try {
        await this.client.call('revealPhoto', { photoId: photo.id });
        this.notices.show(`Shown in its folder: ${photo.path}`, { copy: photo.path });
      } catch (error) {
        const reason = messageOf(error);
        this.notices.show(reason, { isError: true, copy: photo.path });
      }
    });
  }

  control(command: 'pauseJob' | 'resumeJob' | 'cancelJob', jobId: number): Promise<void> {
    return this.attempt(async () => {
      await this.client.call(command, { jobId });
    });
  }

  #hear(event: ClientEvent): void {
    if (event.event === 'job') this.#hearJob(event.data);
    else if (event.event === 'libraryChanged') this.#refresh();
    else if (event.event === 'connection') {
      this.connection = event.data.state;
      // The server tells the engine's state anew to each connection.
      if (this.connection !== 'connected') this.engine = 'starting';
    } else if (event.event === 'engineState') {
      const was = this.engine;
      this.engine = event.data.state;
      if (event.data.state !== 'ready' || was === 'ready') return;
      void this.reload();
      void this.attempt(() => this.tune.refresh());
      if (this.duplicates.thresholds) void this.attempt(() => this.duplicates.open());
      if (this.search.error !== null) void this.search.again();
    }
  }

  #hearJob(job: Job): void {
    const others = this.jobs.filter(({ id }) => id !== job.id);
    this.jobs = [...others, job].sort((a, b) => a.id - b.id);
    void this.attempt(() => this.tune.hear(job));
    this.duplicates.hear(job);
    void this.attempt(() => this.quality.hear(job));
    void this.attempt(() => this.map.hear(job));
    if (job.endedAtMs === null) return;
    if (job.error) this.notices.show(job.error.message, { isError: true });
    else if (job.kind === 'download' && job.state === 'done') this.notices.show(job.outcome);
    this.#refresh();
  }
}
