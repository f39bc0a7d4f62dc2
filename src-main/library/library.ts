/** A library folder on disk: the catalogue, the thumbnails and the write lock, opened and closed together. */
import { SemblanceError, systemCodeOf } from '../contract/index.ts';
import { ArrivingDecisions } from './arriving-decisions.ts';
import { ArrivingSearches } from './arriving-searches.ts';
import { ArrivingStore } from './arriving-store.ts';
import { DecisionsBackup } from './backup.ts';
import { BinnedFiles } from './binned-files.ts';
import { Contents } from './contents.ts';
import {
  type Connection,
  explain,
  explained,
  openDatabase,
  refuseNewer,
  takeWriteLock,
  type WriteLock,
} from './database.ts';
import { Decisions } from './decisions.ts';
import { durably } from './durably.ts';
import { layoutOf, type PowerMeanLayout } from '../descriptor/index.ts';
import { type CachedExtraction, Extractions } from './extractions.ts';
import { rememberOpening } from './first-opening.ts';
import { FileMetadataStore } from './file-metadata.ts';
import { Folders } from './folders.ts';
import { Files } from './files.ts';
import { FolderPlaces } from './folder-places.ts';
import { Generations } from './generations.ts';
import { InFlight } from './in-flight.ts';
import { LocalFeaturesStore } from './local-features.ts';
import type { OwnerProgram } from './lock-owner.ts';
import { Maps } from './maps.ts';
import { Orphans } from './orphans.ts';
import { Neighbours } from './neighbours.ts';
import { PastRecipes } from './past-recipes.ts';
import { PhotoLists } from './photo-lists.ts';
import { Photos } from './photos.ts';
import { Problems } from './problems.ts';
import { PowerMeansCache } from './power-means.ts';
import { ProfileTimesStore } from './profile-times.ts';
import { RememberedViewStore } from './remembered-view.ts';
import { SavedSearches } from './saved-searches.ts';
import { SettingsStore } from './settings.ts';
import { TagSpellings } from './tag-spellings.ts';
import { SharpnessStore } from './sharpness.ts';
import { Thumbnails } from './thumbnails.ts';
import { refuseUnsafeFiles } from './unsafe-files.ts';
import { Variants } from './variants.ts';
import { systemVolumes, type VolumeTable } from './volumes.ts';

export interface LibraryOptions {
  /** What the next one that wants to write is told of; a command on a terminal by default. */
  program?: OwnerProgram | undefined;
  /** Tells what is mounted. */
  volumes?: VolumeTable | undefined;
}

export class Library {
  readonly path: string;
  readonly access: 'read' | 'write';
  readonly folders: Folders;
  readonly photos: Photos;
  readonly contents: Contents;
  readonly problems: Problems;
  readonly photoLists: PhotoLists;
  readonly files: Files;
  readonly places: FolderPlaces;
  readonly orphans: Orphans;
  readonly metadata: FileMetadataStore;
  readonly inFlight: InFlight;
  readonly extractions: Extractions;
  readonly powerMeans: PowerMeansCache;
  readonly variants: Variants;
  readonly pastRecipes: PastRecipes;
  readonly maps: Maps;
  readonly localFeatures: LocalFeaturesStore;
  readonly generations: Generations;
  readonly neighbours: Neighbours;
  readonly savedSearches: SavedSearches;
  readonly settings: SettingsStore;
  readonly rememberedView: RememberedViewStore;
  readonly decisions: Decisions;
  readonly backup: DecisionsBackup;
  readonly binnedFiles: BinnedFiles;
  readonly sharpness: SharpnessStore;
  readonly profileTimes: ProfileTimesStore;
  /** Takes in what comes from another library. */
  readonly arriving: { store: ArrivingStore; decisions: ArrivingDecisions; searches: ArrivingSearches };
  readonly #database: Connection;
  readonly #lock: WriteLock | null;
  #thumbnails: Thumbnails | null = null;

  private constructor(
    path: string,
    access: 'read' | 'write',
    database: Connection,
    lock: WriteLock | null,
    volumes: VolumeTable,
  ) {
    this.path = path;
    this.access = access;
    this.#database = database;
    this.#lock = lock;
    this.files = new Files(database);
    this.places = new FolderPlaces(database, this.files, volumes);
    this.orphans = new Orphans(database);
    this.folders = new Folders(database, this.places);
    const spellings = new TagSpellings(database);
    const filters = {
      offlineFolderIds: () => this.places.offlineIds(),
      spellingsOf: (tag: string) => spellings.of(tag),
    };
    this.photoLists = new PhotoLists(database, filters);
    this.photos = new Photos(database, this.places, filters, this.photoLists);
    this.contents = new Contents(database, filters);
    this.problems = new Problems(database);
    this.metadata = new FileMetadataStore(database);
    this.inFlight = new InFlight(database);
    this.extractions = new Extractions(database);
    this.powerMeans = new PowerMeansCache(database, (key) => this.layoutOfExtraction(key));
    this.variants = new Variants(database);
    this.pastRecipes = new PastRecipes(database);
    this.maps = new Maps(database);
    this.localFeatures = new LocalFeaturesStore(database);
    this.generations = new Generations(database);
    this.neighbours = new Neighbours(database);
    this.savedSearches = new SavedSearches(database);
    this.settings = new SettingsStore(database);
    this.rememberedView = new RememberedViewStore(database);
    this.decisions = new Decisions(database, this.photos, spellings, () => this.places.offlineIds());
    this.backup = new DecisionsBackup(path, database, this.pastRecipes);
    this.binnedFiles = new BinnedFiles(database);
    this.sharpness = new SharpnessStore(database);
    this.profileTimes = new ProfileTimesStore(database);
    this.arriving = {
      store: new ArrivingStore(database, this.contents, this.photos, this.files),
      decisions: new ArrivingDecisions(database),
      searches: new ArrivingSearches(database),
    };
  }

  /**
   * Opens the library in a folder. One process at a time can write; any number can read beside it.
   * @throws SemblanceError `no-library`, `library-in-use`, `library-newer`, `library-unsafe`, `library-damaged`,
   *   `library-read-only`, `disk-full`
   */
  static open(path: string, access: 'read' | 'write', options: LibraryOptions = {}): Library {
    const { program = 'terminal', volumes = systemVolumes } = options;
    refuseUnsafeFiles(path);
    refuseNewer(path);
    const lock = access === 'write' ? takeWriteLock(path, program) : null;
    let database: Connection | null = null;
    try {
      database = openDatabase(path, access);
      const library = new Library(path, access, database, lock, volumes);
      if (access === 'write') explained(path, () => library.backup.open());
      rememberOpening(path, database);
      return library;
    } catch (error) {
      database?.close();
      lock?.release();
      throw error;
    }
  }

  get thumbnails(): Thumbnails {
    this.#thumbnails ??= explained(this.path, () => new Thumbnails(this.path));
    return this.#thumbnails;
  }

  /** Changes with everything that anybody, in this process or another, writes to the catalogue. */
  changeStamp(): string {
    const own = this.#database.prepare<[], { changes: number }>('SELECT total_changes() AS changes').get();
    // SQLite counts the writes of other connections by itself, and leaves out those of this one.
    return `${own?.changes ?? 0} ${String(this.#database.pragma('data_version', { simple: true }))}`;
  }

  /** Runs changes that belong together: all of them happen, or none. */
  change<Result>(changes: () => Result): Result {
    return explained(this.path, () => this.#database.transaction(changes)());
  }

  /**
   * The same for what a person decides: it is on the disk when this returns, and soon in the backup. Not inside another
   * change.
   */
  decide<Result>(changes: () => Result): Result {
    const result = explained(this.path, () =>
      durably(this.#database, () => {
        this.backup.count();
        return changes();
      }),
    );
    this.backup.schedule();
    return result;
  }

  /** Says what went wrong with the catalogue in plain words; anything else stays as it is. */
  explain(error: unknown): unknown {
    return systemCodeOf(error).startsWith('SQLITE_') ? explain(this.path, error) : error;
  }

  /** @throws SemblanceError `library-damaged` */
  layoutOfExtraction(key: string): PowerMeanLayout {
    const extraction = this.extractions.get(key);
    if (extraction) return layoutOf(extraction);
    throw new SemblanceError(
      'library-damaged',
      'It is not known what the stored feature statistics are. Index the folders again.',
    );
  }

  /** Bytes that cached statistics take. */
  cacheBytes(): number {
    return this.extractions.list().reduce((sum, each) => sum + each.pictures * each.bytesPerPicture, 0);
  }

  /**
   * Makes the cache fit a budget: other extractions go first, then pictures of those that are wanted: what no file
   * contains any more, and then the last of them first. Returns how many pictures' statistics went.
   */
  trimCache(budgetBytes: number, wantedKeys: readonly string[]): number {
    const place = ({ key }: CachedExtraction): number =>
      wantedKeys.includes(key) ? wantedKeys.indexOf(key) : wantedKeys.length;
    const wantedFirst = (a: CachedExtraction, b: CachedExtraction) => place(a) - place(b);
    let left = budgetBytes;
    let gone = 0;
    for (const { key, pictures, bytesPerPicture } of this.extractions.list().sort(wantedFirst)) {
      const kept = Math.min(pictures, Math.max(0, Math.floor(left / bytesPerPicture)));
      left -= kept * bytesPerPicture;
      if (kept === pictures) continue;
      gone += this.change(() => {
        const dropped = this.orphans.dropStatistics(key, pictures - kept);
        return kept < pictures - dropped ? dropped + this.powerMeans.keepSample(key, kept) : dropped;
      });
    }
    return gone;
  }

  /** Drops cached statistics of pictures that are in no file, of about so many bytes; returns whether any went. */
  makeRoom(bytes: number): boolean {
    if (this.orphans.count() === 0) return false;
    let left = bytes;
    for (const { key, bytesPerPicture } of this.extractions.list()) {
      if (left > 0)
        left -= bytesPerPicture * this.orphans.dropStatistics(key, Math.ceil(left / bytesPerPicture));
    }
    return left < bytes;
  }

  /** Forgets a folder with its photos and all that was computed of them; returns the pictures that went. */
  removeFolder(folderId: number): number[] {
    const gone = this.decide(() => {
      this.folders.remove(folderId);
      return this.orphans.forgetUnaccounted();
    });
    return this.#dropThumbnails(gone);
  }

  /** Forgets pictures that have been in no file since before a time; returns how many. */
  forgetOrphansBefore(ms: number): number {
    return this.#dropThumbnails(this.change(() => this.orphans.forgetBefore(ms))).length;
  }

  #dropThumbnails(gone: { id: number; hash: string }[]): number[] {
    if (gone.length > 0) this.thumbnails.delete(gone.map(({ hash }) => hash));
    return gone.map(({ id }) => id);
  }

  close(): void {
    if (this.access === 'write') this.backup.close();
    this.#thumbnails?.close();
    this.#database.close();
    this.#lock?.release();
  }
}
