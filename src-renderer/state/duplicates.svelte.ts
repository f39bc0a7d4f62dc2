/** Groups of duplicates at a threshold, the one that is looked at, and what a person does with it. */
import {
  type BinnedFile,
  type BinOutcome,
  type DuplicateGroupDetails,
  type DuplicateKind,
  type DuplicateMember,
  type DuplicatesAnswer,
  type DuplicateThresholds,
  type Job,
  messageOf,
  type PhotoDetails,
  type ShownPhoto,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { Latest } from '../latest.ts';
import { plural } from '../plural.ts';

/** Groups that are asked for at first, and each time that more are wanted. */
const step = 20;
/** Pause after the last move of the threshold before groups are asked for; their number is known at once. */
const waitMs = 200;

/** What was done last, by a decision or with the bin, and can be taken back. */
export type LastDeed =
  { kind: 'decision'; words: string } | { kind: 'bin'; words: string; binnedIds: number[] };

export class Duplicates {
  thresholds = $state.raw<DuplicateThresholds | null>(null);
  threshold = $state(0.9);
  /** Only pairs of this kind; all where null. */
  kind = $state<DuplicateKind | null>(null);
  geometry = $state(false);
  answer = $state.raw<DuplicatesAnswer | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);
  lastDeed = $state.raw<LastDeed | null>(null);
  /** The group that is looked at, by its place. */
  place = $state(0);
  /** The first of these that is not the keeper is held against it. */
  #held = $state.raw<readonly number[]>([]);
  readonly #client: Client;
  readonly #latest: Latest<DuplicatesAnswer>;
  #limit = step;
  #isChosen = false;

  constructor(client: Client) {
    this.#client = client;
    this.#latest = new Latest({
      waitMs,
      ask: () => this.#ask(),
      onAnswer: (answer) => {
        this.answer = answer;
        this.error = null;
        this.place = Math.max(0, Math.min(this.place, answer.groups.length - 1));
      },
      onError: (error) => (this.error = messageOf(error)),
      onBusy: (busy) => (this.busy = busy),
    });
  }

  get group(): DuplicateGroupDetails | null {
    return this.answer?.groups.at(this.place) ?? null;
  }

  get hasMore(): boolean {
    return this.answer !== null && this.answer.total > this.answer.groups.length;
  }

  /** The photo of a group that stays: one that the person chose, or else the one that is suggested. */
  keeperOf({ keeper, members }: DuplicateGroupDetails): DuplicateMember {
    return members.find(({ photo }) => photo.id === keeper.photoId) ?? members[0];
  }

  /** The photo that is held against it. */
  otherOf(group: DuplicateGroupDetails): DuplicateMember {
    const keeper = this.keeperOf(group);
    const others = group.members.filter((member) => member !== keeper);
    const held = this.#held.find((id) => id !== keeper.photo.id);
    return others.find(({ photo }) => photo.id === held) ?? others[0];
  }

  /** Asks for everything, at the suggested threshold the first time. */
  async open(): Promise<void> {
    this.thresholds = await this.#client.call('duplicateThresholds', {});
    if (!this.#isChosen) this.threshold = this.thresholds.suggested;
    this.#latest.want(0);
    await this.#lookBack();
  }

  choose(threshold: number): void {
    this.#isChosen = true;
    this.threshold = threshold;
    this.#restart(waitMs);
  }

  chooseKind(kind: DuplicateKind | null): void {
    this.kind = kind;
    this.#restart(0);
  }

  async setGeometry(geometry: boolean): Promise<void> {
    this.geometry = geometry;
    if (geometry) await this.compare();
    this.#restart(0);
  }

  /** Compares what has not been compared yet, in the background. */
  async compare(): Promise<void> {
    await this.#client.call('checkDuplicates', { threshold: this.threshold });
  }

  more(): void {
    this.#limit += step;
    this.#latest.want(0);
  }

  select(place: number): void {
    this.place = place;
    this.#held = [];
  }

  hold(photoId: number): void {
    this.#held = [photoId];
  }

  /** Remembers for good that a photo is kept, or no longer. */
  async keep(group: DuplicateGroupDetails, { photo, kept }: DuplicateMember): Promise<void> {
    // The same two stay in view, whichever of them is the keeper then.
    const inView = [this.otherOf(group).photo.id, this.keeperOf(group).photo.id];
    await this.#client.call('keepPhotos', { photoIds: [photo.id], keep: !kept });
    if (this.group?.centrePhotoId === group.centrePhotoId) this.#held = inView;
    this.#latest.want(0);
    await this.#lookBack();
  }

  /** Holds the next photo of the group against the kept one, or the one before. */
  turn(group: DuplicateGroupDetails, by: 1 | -1): void {
    const keeper = this.keeperOf(group);
    const others = group.members.filter((member) => member !== keeper);
    const at = others.indexOf(this.otherOf(group));
    this.#held = [others[(at + by + others.length) % others.length].photo.id];
  }

  /** @returns what went, and what did not */
  async bin(going: readonly PhotoDetails[], kept: readonly PhotoDetails[]): Promise<BinOutcome> {
    const outcome = await this.#client.call('binPhotos', {
      photos: going.map(shown),
      kept: kept.map(shown),
    });
    await this.open();
    return outcome;
  }

  /** Remembers for good that two photos are none of each other's. */
  async markNone(photoId: number, otherPhotoId: number): Promise<void> {
    await this.#client.call('markNotDuplicates', { pairs: [[photoId, otherPhotoId]], not: true });
    await this.open();
  }

  /** @returns why files could not be brought back */
  async undo(): Promise<string[]> {
    const deed = this.lastDeed;
    if (!deed) return [];
    if (deed.kind === 'decision') await this.#client.call('undoDecision', {});
    const failed =
      deed.kind === 'bin'
        ? (await this.#client.call('restoreBinned', { binnedIds: deed.binnedIds })).failed
        : [];
    await this.open();
    return failed.map(({ message }) => message);
  }

  hear(job: Job): void {
    const matters = job.kind === 'duplicates' || job.kind === 'neighbours' || job.kind === 'index';
    if (matters && job.endedAtMs !== null && this.thresholds) void this.open().catch(() => undefined);
  }

  #restart(afterMs: number): void {
    this.#limit = step;
    this.place = 0;
    this.#held = [];
    this.#latest.want(afterMs);
  }

  #ask(): Promise<DuplicatesAnswer> {
    return this.#client.call('duplicates', {
      threshold: this.threshold,
      ...(this.kind && { kinds: [this.kind] }),
      ...(this.geometry && { geometry: true }),
      offset: 0,
      limit: Math.min(this.#limit, 100),
    });
  }

  async #lookBack(): Promise<void> {
    const [{ decisions }, { files }] = await Promise.all([
      this.#client.call('decisions', {}),
      this.#client.call('binnedFiles', { offset: 0, limit: 1000 }),
    ]);
    const decision = decisions.find(({ undone }) => !undone);
    const binned = files.find(({ restoredAtMs }) => restoredAtMs === null);
    if (binned && binned.binnedAtMs >= (decision?.decidedAtMs ?? 0)) this.lastDeed = binDeed(binned, files);
    else this.lastDeed = decision ? { kind: 'decision', words: decision.description } : null;
  }
}

const shown = ({ id, path }: PhotoDetails): ShownPhoto => ({ photoId: id, path });

/** Files that went together were written down at one time. */
function binDeed(last: BinnedFile, files: readonly BinnedFile[]): LastDeed {
  const together = files.filter(
    ({ binnedAtMs, restoredAtMs }) => binnedAtMs === last.binnedAtMs && restoredAtMs === null,
  );
  const words = plural(together.length, ['Moved # file to the bin', 'Moved # files to the bin']);
  return { kind: 'bin', words, binnedIds: together.map(({ id }) => id) };
}
