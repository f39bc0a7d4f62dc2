/** What the whole interface shares. */
import {
  type EngineState,
  type EngineStatus,
  type Folder,
  type HostInfo,
  type Job,
  jobInProgress,
  messageOf,
  type PhotoSummary,
  type Recipe,
  type RememberedView,
  type Theme,
  type ViewName,
} from '../../src-main/contract/index.ts';
import type { Client, ClientEvent, Connection } from '../client.ts';
import { canAdd, knownExample, mostExamples } from '../searching/query.ts';
import { throttle } from '../throttle.ts';
import { Duplicates } from './duplicates.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { ProfileOffer } from './profile-offer.svelte.ts';
import { type Subject, subjectOf } from '../actions/action.ts';
import { LibraryPhotos } from './library-photos.svelte.ts';
import { PhotoDeeds } from './photo-deeds.svelte.ts';
import { PhotoDrag } from './photo-drag.ts';
import { SavedSearches } from './saved-searches.svelte.ts';
import { PhotoMapState } from './photo-map.svelte.ts';
import { Quality } from './quality.svelte.ts';
import { Search } from './search.svelte.ts';
import { Tune } from './tune.svelte.ts';
import { Viewer } from './viewer.svelte.ts';
import { WindowMemory } from './window-memory.ts';

/** Least time between two looks at a library that is changing. */
const refreshMs = 500;

export type View = ViewName;

export class AppState {
  readonly client: Client;
  readonly notices = new Notices();
  readonly photos: LibraryPhotos;
  readonly viewer = new Viewer();
  readonly deeds: PhotoDeeds;
  readonly drag: PhotoDrag;
  readonly search: Search;
  readonly savedSearches: SavedSearches;
  readonly duplicates: Duplicates;
  readonly map: PhotoMapState;
  readonly tune: Tune;
  readonly quality: Quality;
  readonly profileOffer: ProfileOffer;
  readonly #memory: WindowMemory;
  view = $state<View>('library');
  connection = $state<Connection>('connecting');
  engine = $state<EngineState>('starting');
  host = $state.raw<HostInfo | null>(null);
  status = $state.raw<EngineStatus | null>(null);
  folders = $state.raw<Folder[]>([]);
  jobs = $state.raw<Job[]>([]);
  addingFolder = $state(false);
  /** What the dialog for adding a folder begins with. */
  folderToAdd = '';
  /** Whether Settings show what Semblance is, as soon as they are there. */
  showingAbout = $state(false);
  showingGuide = $state(false);
  showingShortcuts = $state(false);
  showingPalette = $state(false);
  readonly #refresh = throttle(() => this.reload(), refreshMs);

  constructor(client: Client) {
    this.client = client;
    this.photos = new LibraryPhotos(client);
    this.deeds = new PhotoDeeds(client, this.notices);
    this.drag = new PhotoDrag(client, this.notices);
    this.search = new Search(client);
    this.savedSearches = new SavedSearches(client);
    this.duplicates = new Duplicates(client);
    this.map = new PhotoMapState(client, () => this.jobs);
    this.tune = new Tune(client, () => this.jobs);
    this.quality = new Quality(client, () => this.jobs);
    this.profileOffer = new ProfileOffer(client, () => this.jobs);
    this.#memory = new WindowMemory(client);
    client.subscribe((event) => this.#hear(event));
    void this.reload();
  }

  /** The job that the status bar shows. */
  get job(): Job | undefined {
    return jobInProgress(this.jobs);
  }

  /** The photos that actions of photos are about at the moment; null where none are shown. */
  get subject(): Subject | null {
    const { viewer, view } = this;
    if (viewer.isOpen) return subjectOf('viewer', viewer.photo);
    if (view === 'library') return this.chosenInLibrary;
    return view === 'search' ? this.currentResult : null;
  }

  /** The result in focus. */
  get currentResult(): Subject {
    return subjectOf('results', this.search.at(this.search.current));
  }

  /** The photos of the library that are selected, or the one in focus. */
  get chosenInLibrary(): Subject {
    const { photos } = this;
    const { selection } = photos;
    return {
      place: 'library',
      photo: photos.at(photos.current),
      photos: selection.chosen,
      ids: () => selection.ids,
      count: selection.count,
    };
  }

  /** Fetches all that is shown anew. */
  async reload(): Promise<void> {
    await this.attempt(async () => {
      await this.#memory.restore((remembered) => this.#show(remembered));
      this.host ??= await this.client.call('hostInfo', {});
      const [status, folders, jobs] = await Promise.all([
        this.client.call('status', {}),
        this.client.call('folders', {}),
        this.client.call('jobs', {}),
        this.photos.refresh(),
        this.search.refresh(),
      ]);
      Object.assign(this, { status, folders, jobs, engine: 'ready' });
      this.photos.total = status.photos;
    });
  }

  /** Takes what the window showed last time. */
  #show({ view, filter, ...arrangement }: RememberedView): void {
    // Whatever was asked for meanwhile stays.
    if (this.view === 'library') this.view = view;
    Object.assign(this.photos, { filter, arrangement });
  }

  /** Has what the window shows remembered for the next time, whenever it changes. */
  remember(): void {
    const { view, photos } = this;
    this.#memory.keep({ view, ...photos.arrangement, filter: photos.filter });
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

  /** Opens the dialog for adding a folder; nothing is added before the person says so. */
  askToAddFolder(path = ''): void {
    this.folderToAdd = path;
    this.addingFolder = true;
  }

  async chooseTheme(chosen: Theme): Promise<void> {
    const { theme } = await this.client.call('setTheme', { theme: chosen });
    if (this.host) this.host = { ...this.host, theme };
  }

  async addFolder(path: string): Promise<void> {
    const folder = await this.client.call('addFolder', { path });
    await this.client.call('startIndexing', { folderIds: [folder.id] });
    await this.reload();
  }

  /** Adds folders that were dropped on the window, and tells what came of each. */
  async addDroppedFolders(paths: readonly string[]): Promise<void> {
    const folderIds: number[] = [];
    for (const path of paths) {
      await this.attempt(async () => {
        const folder = await this.client.call('addFolder', { path });
        folderIds.push(folder.id);
        this.notices.show(`Added ${folder.path}. Its photos are being indexed.`);
      });
    }
    if (folderIds.length === 0) return;
    this.view = 'library';
    await this.attempt(async () => {
      await this.client.call('startIndexing', { folderIds });
      await this.reload();
    });
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

  /** A picture is on its way: the engine gets ready for it. What goes wrong is said by the search itself. */
  expectPicture(): void {
    this.client.call('prepareSearch', {}).catch(() => undefined);
  }

  findSimilarTo(file: File): void {
    this.findSimilarToFiles([file]);
  }

  /** Searches with several files at once, of which there is one at least. */
  findSimilarToFiles(files: readonly File[]): void {
    this.view = 'search';
    if (files.length > mostExamples) this.#tellOfRoom();
    void this.search.withFiles(files.slice(0, mostExamples));
  }

  /** Adds a photo of the library to the query that is being built. */
  addExample(photo: { id: number; name: string }): void {
    this.view = 'search';
    if (this.#hasRoom()) void this.search.addPhoto(photo);
  }

  /** The same with files, as many as there is room for. */
  addExamples(files: readonly File[]): void {
    this.view = 'search';
    const room = mostExamples - this.search.query.examples.length;
    if (files.length > room) this.#tellOfRoom();
    if (room > 0) void this.search.addFiles(files.slice(0, room));
  }

  /** Relevance feedback: a result is, or is not, what is looked for. */
  judge(photo: { id: number; name: string }, weight: 1 | -1): void {
    const isKnown = knownExample(this.search.query, photo) !== undefined;
    if (isKnown || this.#hasRoom()) void this.search.judge(photo, weight);
  }

  openSavedSearch(id: string): Promise<void> {
    return this.attempt(async () => {
      const { query, leftOut } = await this.savedSearches.open(id);
      this.view = 'search';
      await this.search.begin(query, leftOut);
    });
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
    return this.#showOutside('revealPhoto', photo, 'Shown in its folder');
  }

  openOutside(photo: { id: number; path: string }): Promise<void> {
    return this.#showOutside('openPhoto', photo, 'Opened');
  }

  #hasRoom(): boolean {
    if (canAdd(this.search.query)) return true;
    this.#tellOfRoom();
    return false;
  }

  #tellOfRoom(): void {
    this.notices.show(`A query has at most ${mostExamples} examples. Take one away to add another.`, {
      isError: true,
    });
  }

  async #showOutside(
    command: 'revealPhoto' | 'openPhoto',
    { id, path }: { id: number; path: string },
    done: string,
  ): Promise<void> {
    try {
      await this.client.call(command, { photoId: id });
      this.notices.show(`${done}: ${path}`, { copy: path });
    } catch (error) {
      this.notices.show(messageOf(error), { isError: true, copy: path });
    }
  }

  control(command: 'pauseJob' | 'resumeJob' | 'cancelJob', jobId: number): Promise<void> {
    return this.attempt(async () => {
      await this.client.call(command, { jobId });
    });
  }

  #hear(event: ClientEvent): void {
    if (event.event === 'job') this.#hearJob(event.data);
    else if (event.event === 'libraryChanged') this.#refresh();
    else if (event.event === 'savedSearchChanged') this.savedSearches.hear(event.data);
    else if (event.event === 'searchFound') this.search.hear(event.data);
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
      void this.attempt(() => this.savedSearches.refresh());
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
    this.profileOffer.hear(job);
    if (job.endedAtMs === null) return;
    if (job.error) this.notices.show(job.error.message, { isError: true });
    else if (job.kind === 'download' && job.state === 'done') this.notices.show(job.outcome);
    this.#refresh();
  }
}
