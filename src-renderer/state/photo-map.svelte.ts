/** The map of the library: where photos lie, what of it is seen, and which photos are selected. */
import { type Job, messageOf, type PhotoDetails, type PhotoMap } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { Latest } from '../latest.ts';
import {
  boundsOf,
  type Camera,
  panned,
  type Point,
  type ScreenSize,
  toMap,
  wholeMap,
  zoomed,
} from '../map/camera.ts';
import { pointsInside } from '../map/lasso.ts';
import { SpatialGrid } from '../map/spatial-grid.ts';

export type MapTool = 'move' | 'lasso';

/** Photos of the selection that are listed. */
export const mostListed = 60;
/** How near to a photo one has to point, in pixels. */
const pointing = 28;

export class PhotoMapState {
  map = $state.raw<PhotoMap | null>(null);
  /** Whether it has been asked for. */
  isKnown = $state(false);
  error = $state<string | null>(null);
  method = $state<PhotoMap['method']>('umap');
  tool = $state<MapTool>('move');
  camera = $state.raw<Camera>({ x: 0, y: 0, scale: 1 });
  screen = $state.raw<ScreenSize>({ width: 0, height: 0 });
  /** Places of the selected photos on the map, in their order. */
  selection = $state.raw<readonly number[]>([]);
  /** The first of them, for the list. */
  listed = $state.raw<readonly PhotoDetails[]>([]);
  /** The place that the keyboard is at, or null. */
  focused = $state<number | null>(null);
  /** The photo that is looked at. */
  opened = $state.raw<PhotoDetails | null>(null);
  /** Whether a photo can be told from the others. */
  shownAs = $state<'density' | 'pictures'>('density');
  /** Points by where they lie. */
  grid = $state.raw<SpatialGrid | null>(null);
  photoIds = new Uint32Array(0);
  #isFitted = false;
  readonly #client: Client;
  readonly #jobs: () => readonly Job[];
  readonly #lists: Latest<PhotoDetails[]>;

  /** @param jobs those that are known now */
  constructor(client: Client, jobs: () => readonly Job[]) {
    this.#client = client;
    this.#jobs = jobs;
    this.#lists = new Latest({
      waitMs: 60,
      ask: () => this.#details(this.selection.slice(0, mostListed)),
      onAnswer: (listed) => (this.listed = listed),
      onError: () => (this.listed = []),
      onBusy: () => undefined,
    });
  }

  /** The job that lays the photos out. */
  get making(): Job | null {
    return this.#jobs().find(({ kind, endedAtMs }) => kind === 'map' && endedAtMs === null) ?? null;
  }

  /** Photos on the map in sight. */
  get inSight(): number {
    return this.grid?.within(boundsOf(this.camera, this.screen)).length ?? 0;
  }

  get selectedIds(): number[] {
    return this.selection.map((place) => this.photoIds[place]);
  }

  async open(): Promise<void> {
    try {
      const map = await this.#client.call('map', {});
      this.error = null;
      this.#show(map);
    } catch (thrown) {
      this.error = messageOf(thrown);
    }
    this.isKnown = true;
  }

  async make(): Promise<void> {
    await this.#client.call('makeMap', { method: this.method });
  }

  /** A job moved on: a map that was made, and photos that came, are looked at if somebody has seen the map. */
  async hear({ kind, endedAtMs }: Job): Promise<void> {
    const matters = kind === 'map' || kind === 'index' || kind === 'build';
    if (matters && endedAtMs !== null && this.isKnown) await this.open();
  }

  resize(screen: ScreenSize): void {
    if (screen.width === 0 || screen.height === 0) return;
    this.screen = screen;
    if (this.#isFitted) return;
    this.#isFitted = true;
    this.camera = wholeMap(screen);
  }

  showAll(): void {
    this.camera = wholeMap(this.screen);
  }

  pan(right: number, down: number): void {
    this.camera = panned(this.camera, right, down);
  }

  zoom(factor: number, pixel?: Point): void {
    this.camera = zoomed(this.camera, this.screen, factor, pixel);
  }

  /** The keyboard goes to the photo nearest to the middle. */
  focusMiddle(): void {
    this.focused = this.grid?.nearest(this.camera) ?? null;
  }

  /** Selects what a line drawn on the screen holds. @param isMore what was selected before stays */
  lasso(line: readonly Point[], isMore: boolean): void {
    if (!this.grid) return;
    const polygon = line.map((pixel) => toMap(this.camera, this.screen, pixel));
    const found = pointsInside(this.grid, polygon);
    this.select(isMore ? [...new Set([...this.selection, ...found])].sort((a, b) => a - b) : found);
  }

  selectInSight(): void {
    const found = this.grid?.within(boundsOf(this.camera, this.screen)) ?? [];
    this.select([...found].sort((a, b) => a - b));
  }

  /** Adds a photo to the selection, or takes it out. */
  toggle(place: number): void {
    const rest = this.selection.filter((each) => each !== place);
    this.select(rest.length < this.selection.length ? rest : [...rest, place].sort((a, b) => a - b));
  }

  select(places: readonly number[]): void {
    this.selection = places;
    if (places.length === 0) {
      this.#lists.forget();
      this.listed = [];
    } else this.#lists.want();
  }

  /** Looks at the photo under a pixel, if there is one. */
  async openAt(pixel: Point): Promise<void> {
    const within = pointing / this.camera.scale;
    const place = this.grid?.nearest(toMap(this.camera, this.screen, pixel), within) ?? null;
    if (place !== null) await this.openPlace(place);
  }

  async openMiddle(): Promise<void> {
    this.focusMiddle();
    if (this.focused !== null) await this.openPlace(this.focused);
  }

  async openPlace(place: number): Promise<void> {
    this.focused = place;
    await this.openPhoto(this.photoIds[place]);
  }

  /** Asked for anew, because its tags and its rating may be others by now. */
  async openPhoto(photoId: number): Promise<void> {
    this.opened = await this.#client.call('photo', { photoId });
  }

  /** Name of a photo, for those who do not see it; '' where it is gone. */
  async nameOf(place: number): Promise<string> {
    const found = await this.#details([place]);
    return found.map(({ name }) => name).join('');
  }

  /** Photos to search with: as many as a search takes, spread over the selection. */
  async examples(most: number): Promise<PhotoDetails[]> {
    const { length } = this.selection;
    const count = Math.min(most, length);
    const chosen = Array.from({ length: count }, (_, i) => this.selection[Math.floor((i * length) / count)]);
    return this.#details(chosen);
  }

  #show(map: PhotoMap | null): void {
    const before = new Set(this.selectedIds);
    this.map = map;
    const points = map?.points ?? [];
    this.photoIds = Uint32Array.from(points, ({ photoId }) => photoId);
    const xs = Float32Array.from(points, ({ x }) => x);
    const ys = Float32Array.from(points, ({ y }) => y);
    this.grid = map ? new SpatialGrid(xs, ys) : null;
    if (map) this.method = map.method;
    this.focused = null;
    this.select([...this.photoIds.keys()].filter((place) => before.has(this.photoIds[place])));
  }

  async #details(places: readonly number[]): Promise<PhotoDetails[]> {
    const asked = places.map((place) => this.#client.call('photo', { photoId: this.photoIds[place] }));
    // One that went meanwhile is left out.
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }
}
