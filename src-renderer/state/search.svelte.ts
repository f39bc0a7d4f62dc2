/** Searching by examples, steered step by step, and the trail of what was searched with. */
import {
  type EngineEvents,
  type Explanation,
  messageOf,
  type PhotoDetails,
  type PhotoFilter,
  type Ranking,
  type SearchAnswer,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { equal } from '../equal.ts';
import { queryFor, rankingFor } from '../searching/contract-query.ts';
import {
  begunWith,
  emptyQuery,
  exampleOfFile,
  exampleOfPhoto,
  type ExampleParts,
  isSearchable,
  nameOfFile,
  type SearchExample,
  type SearchQuery,
  withChange,
  withExample,
  withJudgement,
  withoutExample,
} from '../searching/query.ts';
import { Trail } from './trail.ts';
import type { PhotoSequence } from './viewer.svelte.ts';

/** Results that are asked for at first, and each time that more are wanted. */
const step = 100;
const most = 1000;
const longestTrail = 50;
/** Pause after the last move of a slider before the engine is asked. */
const waitMs = 120;

export class Search implements PhotoSequence {
  query = $state.raw<SearchQuery>(emptyQuery);
  /** The latest answer; what is shown while another one is awaited. */
  answer = $state.raw<SearchAnswer | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);
  canGoBack = $state(false);
  canGoForward = $state(false);
  /** The result that is explained. */
  explained = $state.raw<PhotoDetails | null>(null);
  /** The photo whose details are shown. */
  detailed = $state<number | null>(null);
  /** The result that has the focus, by its photo: places change while results come in. */
  #currentId = $state<number | null>(null);
  /** What of a saved search could not be kept to, in words. */
  leftOut = $state.raw<readonly string[]>([]);
  #top = $state(step);
  /** Results of the latest answer whose photos have left the library since. */
  #left = 0;
  readonly #client: Client;
  readonly #trail = new Trail<SearchQuery>(longestTrail, (query) => this.#drop(query));
  /** Of several searches of this window, only the latest is worth answering. */
  readonly #asker = crypto.randomUUID();
  /** Grows with each question, so that only the latest one's answer is shown. */
  #question = 0;
  /** What was moved last; further moves of the same are one step of the trail. */
  #moving: string | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Results, as photos to go through. */
  get count(): number {
    return this.answer?.results.length ?? 0;
  }

  at(place: number): PhotoDetails | undefined {
    return this.answer?.results.at(place)?.photo;
  }

  /** Place of the result that has the focus. */
  get current(): number {
    const place = this.answer?.results.findIndex(({ photo }) => photo.id === this.#currentId) ?? -1;
    return Math.max(0, place);
  }

  set current(place: number) {
    this.#currentId = this.at(place)?.id ?? null;
  }

  /** All of them are known. */
  need(): void {
    return;
  }

  /** What was found so far, while the first results are looked at place by place. */
  hear({ stream, answer }: EngineEvents['searchFound']): void {
    if (this.busy && stream === this.#streamOf(this.#question)) this.answer = answer;
  }

  get hasMore(): boolean {
    if (this.answer === null || this.#top >= most) return false;
    return this.answer.results.length + this.#left === this.#top;
  }

  /** Begins a new query. */
  withPhoto(photo: { id: number; name: string }): Promise<void> {
    return this.begin(begunWith(this.query, exampleOfPhoto(photo)));
  }

  /** The same with several photos, as many as a query has room for. */
  withPhotos([first, ...others]: readonly { id: number; name: string }[]): Promise<void> {
    const begun = begunWith(this.query, exampleOfPhoto(first));
    return this.begin(others.reduce((query, photo) => withExample(query, exampleOfPhoto(photo)), begun));
  }

  withFile(file: File): Promise<void> {
    return this.withFiles([file]);
  }

  /** The same with several files, as many as a query has room for. */
  withFiles([first, ...others]: readonly File[]): Promise<void> {
    const example = (file: File) => exampleOfFile(file, nameOfFile(file));
    const begun = begunWith(this.query, example(first));
    return this.begin(others.reduce((query, file) => withExample(query, example(file)), begun));
  }

  begin(query: SearchQuery, leftOut: readonly string[] = []): Promise<void> {
    this.answer = null;
    return this.#step(query, leftOut);
  }

  addPhoto(photo: { id: number; name: string }): Promise<void> {
    return this.#step(withExample(this.query, exampleOfPhoto(photo)));
  }

  addFile(file: File): Promise<void> {
    return this.addFiles([file]);
  }

  addFiles(files: readonly File[]): Promise<void> {
    return this.#step(
      files.reduce((query, file) => withExample(query, exampleOfFile(file, nameOfFile(file))), this.query),
    );
  }

  /** Relevance feedback: the photo is, or is not, what is looked for. */
  judge(photo: { id: number; name: string }, weight: 1 | -1): Promise<void> {
    return this.#step(withJudgement(this.query, photo, weight));
  }

  remove({ key }: SearchExample): Promise<void> {
    return this.#step(withoutExample(this.query, key));
  }

  weigh({ key }: SearchExample, weight: number): Promise<void> {
    return this.#move(`weight:${key}`, withChange(this.query, key, { weight }));
  }

  limit({ key }: SearchExample, parts: ExampleParts): Promise<void> {
    return this.#step(withChange(this.query, key, parts));
  }

  /** @param epsilon null for the recipe's own */
  whiten(epsilon: number | null): Promise<void> {
    return this.#move('whitening', { ...this.query, whitening: epsilon });
  }

  improve(ranking: Ranking): Promise<void> {
    return this.#step({ ...this.query, ranking });
  }

  filterBy(filter: PhotoFilter): Promise<void> {
    return this.#step({ ...this.query, filter });
  }

  back(): Promise<void> {
    return this.#goTo(this.#trail.back());
  }

  forward(): Promise<void> {
    return this.#goTo(this.#trail.forward());
  }

  /** Asks the same again, e.g. when the engine is back. */
  again(): Promise<void> {
    return this.#ask(this.#top);
  }

  /** What is known of the results, e.g. whether their drive is there; photos that have left the library leave them. */
  async refresh(): Promise<void> {
    const { answer } = this;
    if (!answer || answer.results.length === 0) return;
    const photoIds = answer.results.map(({ photo }) => photo.id);
    const photos = await this.#client.call('photosById', { photoIds });
    if (answer !== this.answer) return;
    const known = new Map(photos.map((photo) => [photo.id, photo]));
    const results = answer.results.flatMap((result) => {
      const photo = known.get(result.photo.id);
      return photo ? [{ ...result, photo }] : [];
    });
    if (equal(results, answer.results)) return;
    this.#left += answer.results.length - results.length;
    this.answer = { ...answer, results };
  }

  more(): Promise<void> {
    return this.#ask(Math.min(most, this.#top + step));
  }

  /** Why a photo is as similar to the query as it is. Rejects with a `SemblanceError`. */
  async explain(photoId: number): Promise<Explanation> {
    const { examples, whitening } = await queryFor(this.query);
    return this.#client.call('explain', {
      examples,
      photoId,
      ...(whitening !== undefined && { whitening }),
    });
  }

  /** A change that is a step of the trail. */
  async #step(query: SearchQuery, leftOut: readonly string[] = []): Promise<void> {
    this.#moving = null;
    if (equal(query, this.query)) return;
    // How is searched may be set before there is anything to search with; that is nowhere to go back to.
    if (query.examples.length > 0 || this.#trail.current) this.#trail.push(query);
    this.leftOut = leftOut;
    await this.#show(query);
  }

  /** A change by a slider, of which only the first is a step of the trail. */
  async #move(what: string, query: SearchQuery): Promise<void> {
    if (equal(query, this.query)) return;
    if (this.#moving === what && this.#trail.current) this.#trail.replace(query);
    else if (this.#trail.current) this.#trail.push(query);
    this.#moving = what;
    await this.#show(query, waitMs);
  }

  async #goTo(query: SearchQuery | null): Promise<void> {
    this.#moving = null;
    if (query) await this.#show(query);
  }

  #show(query: SearchQuery, afterMs = 0): Promise<void> {
    this.query = query;
    this.detailed = null;
    this.canGoBack = this.#trail.canGoBack;
    this.canGoForward = this.#trail.canGoForward;
    return this.#ask(step, afterMs);
  }

  async #ask(top: number, afterMs = 0): Promise<void> {
    const question = ++this.#question;
    const isLatest = (): boolean => question === this.#question;
    const { query } = this;
    this.#top = top;
    this.error = null;
    this.busy = isSearchable(query);
    if (!this.busy) {
      this.answer = null;
      return;
    }
    try {
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      if (!isLatest()) return;
      const asked = await queryFor(query);
      if (!isLatest()) return;
      const ranking = rankingFor(query);
      const answer = await this.#client.call('search', {
        ...asked,
        top,
        asker: this.#asker,
        stream: this.#streamOf(question),
        ...(ranking && { ranking }),
      });
      if (!isLatest()) return;
      this.#left = 0;
      this.answer = answer;
    } catch (error) {
      if (!isLatest()) return;
      this.answer = null;
      this.error = messageOf(error);
    } finally {
      if (isLatest()) this.busy = false;
    }
  }

  #streamOf(question: number): string {
    return `${this.#asker} ${question}`;
  }

  /** Gives back the pictures of a query that can no longer be reached, where no other one shows them. */
  #drop({ examples }: SearchQuery): void {
    const kept = new Set(this.#trail.steps.flatMap((query) => query.examples.map(({ picture }) => picture)));
    for (const { source, picture } of examples) {
      if ('file' in source && !kept.has(picture)) URL.revokeObjectURL(picture);
    }
  }
}
