/** What of the guide is shown, and the way that led there. */
import type { Language } from '../../src-main/contract/index.ts';
import { Trail } from '../state/trail.ts';
import { contentsPage, type GuidePage, loadPage, pageNames } from './pages.ts';
import { contentsOf, type ContentsGroup, type Section, sectionsOf, sectionsWith } from './sections.ts';

/** Where a reader is, or was. */
export interface ReadingPlace {
  page: string;
  /** A heading; '' for the beginning. */
  anchor: string;
  /** How far down it was left; null where one has not been yet. */
  scrollTop: number | null;
}

/** Places that one can go back to. */
const mostPlaces = 100;
/** More are not read by anybody. */
const mostFound = 40;

export class Guide {
  readonly #language: Language;
  readonly #trail = new Trail<ReadingPlace>(mostPlaces);
  #sections: Promise<Section[]> | undefined;
  contents = $state.raw<ContentsGroup[]>([]);
  page = $state.raw<GuidePage | null>(null);
  place = $state.raw<ReadingPlace | null>(null);
  canGoBack = $state(false);
  canGoForward = $state(false);
  /** What is looked for; '' while a page is read. */
  words = $state('');
  found = $state.raw<Section[]>([]);

  constructor(language: Language) {
    this.#language = language;
  }

  /** Rejects, as everything here that shows a page, where that part of the program cannot be had. */
  async open(): Promise<void> {
    const contents = await loadPage(contentsPage, this.#language);
    if (contents) this.contents = contentsOf(contents.html);
    await this.follow(contentsPage, '');
  }

  /** @param page '' for the one that is shown */
  async follow(page: string, anchor: string): Promise<void> {
    const place = { page: page === '' ? (this.place?.page ?? contentsPage) : page, anchor, scrollTop: null };
    this.#trail.push(place);
    await this.#show(place);
  }

  /** @param scrollTop how far down the page is left */
  async back(scrollTop: number): Promise<void> {
    this.leave(scrollTop);
    const place = this.#trail.back();
    if (place) await this.#show(place);
  }

  async forward(scrollTop: number): Promise<void> {
    this.leave(scrollTop);
    const place = this.#trail.forward();
    if (place) await this.#show(place);
  }

  /** The reader goes on from here, and finds the place again on the way back. */
  leave(scrollTop: number): void {
    const { current } = this.#trail;
    if (current) this.#trail.replace({ ...current, scrollTop });
  }

  async look(words: string): Promise<void> {
    this.words = words;
    this.#sections ??= this.#readAll();
    const sections = await this.#sections;
    if (words === this.words) this.found = sectionsWith(words, sections).slice(0, mostFound);
  }

  async #show(place: ReadingPlace): Promise<void> {
    const page = await loadPage(place.page, this.#language);
    // A place that was gone to meanwhile is shown instead.
    if (!page || this.#trail.current !== place) return;
    Object.assign(this, {
      page,
      place,
      words: '',
      found: [],
      canGoBack: this.#trail.canGoBack,
      canGoForward: this.#trail.canGoForward,
    });
  }

  async #readAll(): Promise<Section[]> {
    const pages = await Promise.all(pageNames.map((name) => loadPage(name, this.#language)));
    return pages.flatMap((page) => (page && page.name !== contentsPage ? sectionsOf(page) : []));
  }
}
