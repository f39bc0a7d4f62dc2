/** Answers about duplicates: groups at a threshold, what each is, and which photo of it to keep. */
import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import {
  type CommandArguments,
  type DuplicateAnswers,
  type DuplicateGroupDetails,
  type DuplicateKind,
  duplicateKinds,
  type DuplicateMember,
  type DuplicatePair,
  type DuplicatesAnswer,
  type DuplicateThresholds,
  isPhotoProblem,
  type Job,
  type PhotoFilter,
  SemblanceError,
} from '../contract/index.ts';
import { isFiltering } from '../library/index.ts';
import { type DuplicateGroup, groupSteps, type ScoredPair } from '../search/index.ts';
import { limitsFor, sharpnessOfFile } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import { asksForSharpness, suggestKeeper } from './duplicate-keeper.ts';
import { DuplicateKinds } from './duplicate-kinds.ts';
import { DuplicatePairs } from './duplicate-pairs.ts';
import { type Judged, thresholdBins, thresholdsFrom } from './duplicate-thresholds.ts';
import type { Engine } from './engine.ts';
import { inTurns } from './in-turns.ts';

/** Pairs whose kind is told before others get their turn. */
const pairsAtATime = 50;
/** Pictures of which every two are told of; of larger groups only those with the centre. */
const mostPairwise = 12;
/** In a larger group, as many of those with the centre. */
const mostWithCentre = 200;
/** In larger groups no file is opened to see how sharp it is: to read them all would take minutes. */
const mostLookedAt = 100;
/** Groups that are described at a time, and files that are read for all of them together. */
const describedAtOnce = 4;
const readAtOnce = 2;
/** Binned photos by which the precision of a threshold is told, the latest. */
const mostJudged = 500;

export function duplicateHandlers(engine: Engine): Pick<Handlers, keyof DuplicateAnswers> {
  const duplicates = new Duplicates(engine);
  return {
    duplicates: (question) => duplicates.answer(question),
    duplicateThresholds: () => duplicates.thresholds(),
    checkDuplicates: (question) => duplicates.check(question),
  };
}

interface FoundGroups {
  groups: DuplicateGroup[];
  /** Pairs whose places have not been compared, where that was asked for. */
  unchecked: number;
}

type Restriction = Pick<CommandArguments['duplicates'], 'kinds' | 'filter'>;

/** Questions whose groups are kept, so that one page follows another. */
const mostKnown = 6;

class Duplicates {
  readonly #engine: Engine;
  readonly #pairs: DuplicatePairs;
  readonly #kinds: DuplicateKinds;
  readonly #describing = pLimit(describedAtOnce);
  readonly #reading = pLimit(readAtOnce);
  /** The latest questions with their groups. */
  readonly #groupsKnown = new Map<string, { stamp: string; found: Promise<FoundGroups> }>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#pairs = new DuplicatePairs(engine);
    this.#kinds = new DuplicateKinds(engine);
  }

  async answer(question: CommandArguments['duplicates']): Promise<DuplicatesAnswer> {
    const { filter, offset, limit } = question;
    const complete = this.#pairs.isComplete;
    const { groups: all, unchecked } = await this.#groups(question);
    const described = await this.#describing.map(all.slice(offset, offset + limit), (group) =>
      this.#describe(group, filter),
    );
    const groups = described.filter((group) => group !== null);
    return { total: all.length, groups, unchecked, complete };
  }

  async thresholds(): Promise<DuplicateThresholds> {
    const { isComplete } = this.#pairs;
    const { joinings, least } = await this.#pairs.joinings();
    const counts = await this.#pairs.nearest(thresholdBins);
    const filesOf = this.#engine.library.contents.inSeveralFiles();
    return thresholdsFrom(counts, { joinings, filesOf }, least, this.#judged(), isComplete);
  }

  /** Compares the places of all pairs at a threshold. */
  check({ threshold }: CommandArguments['checkDuplicates']): Job {
    return this.#engine.jobs.start('duplicates', async (control) => {
      control.report({ step: 'Looking for similar photos' });
      const pairs = await this.#unchecked(threshold, control.signal);
      control.report({ step: 'Comparing photos place by place', done: 0, total: pairs.length });
      await this.#kinds.compare(pairs, {
        signal: control.signal,
        onChecked: async (done) => {
          control.report({ done });
          await control.checkpoint();
        },
      });
      this.#groupsKnown.clear();
    }).job;
  }

  async #unchecked(threshold: number, signal?: AbortSignal): Promise<ScoredPair[]> {
    const unchecked: ScoredPair[] = [];
    const take = (pair: ScoredPair): void => {
      if (!this.#kinds.isCompared(pair.a, pair.b)) unchecked.push(pair);
    };
    await this.#pairs.forEach(threshold, take, signal);
    return unchecked;
  }

  /** The surest first. */
  async #groups(question: Omit<CommandArguments['duplicates'], 'offset' | 'limit'>): Promise<FoundGroups> {
    const { threshold, kinds, filter, geometry = false } = question;
    const stamp = `${await this.#pairs.stamp()} ${isFiltering(filter) ? this.#engine.library.changeStamp() : ''}`;
    const key = JSON.stringify([threshold, kinds, filter, geometry]);
    const known = this.#groupsKnown.get(key);
    if (known?.stamp === stamp) return known.found;
    const found = this.#findGroups(threshold, { kinds, filter, geometry });
    this.#groupsKnown.set(key, { stamp, found });
    if (this.#groupsKnown.size > mostKnown) this.#groupsKnown.delete([...this.#groupsKnown.keys()][0]);
    found.catch(() => this.#groupsKnown.delete(key));
    return found;
  }

  async #findGroups(
    threshold: number,
    { kinds, filter, geometry }: Restriction & { geometry: boolean },
  ): Promise<FoundGroups> {
    const { contents } = this.#engine.library;
    const isRestricted = geometry || kinds !== undefined || isFiltering(filter);
    // Places that fit together tell more than similarity does: a copy belongs to what it agrees with most.
    const least = geometry ? 0 : threshold;
    const joinings = isRestricted
      ? await this.#pairs.join(await this.#linked(threshold, { kinds, filter, geometry }), least)
      : (await this.#pairs.joinings(threshold)).joinings;
    const similar = (await inTurns(groupSteps(joinings, least), () => undefined)).sort(
      (a, b) => b.least - a.least || a.centre - b.centre,
    );
    const grouped = new Set(similar.flatMap(({ members }) => members));
    // Nothing is surer than pictures that several files hold.
    const copies = (kinds?.includes('identical') ?? true) ? [...contents.inSeveralFiles(filter).keys()] : [];
    const copied = copies
      .filter((id) => !grouped.has(id))
      .map((id) => ({ members: [id], centre: id, least: 1 }));
    const unchecked = geometry ? (await this.#unchecked(threshold)).length : 0;
    return { groups: [...copied, ...similar], unchecked };
  }

  /**
   * Pairs that count: of two pictures that meet the filter, of one of the kinds, and with places that fit together, by how
   * much of these agrees.
   */
  async #linked(
    threshold: number,
    { kinds, filter, geometry }: Restriction & { geometry: boolean },
  ): Promise<ScoredPair[]> {
    const { contents, photos } = this.#engine.library;
    const allowed = isFiltering(filter) ? new Set(contents.matching(filter)) : null;
    const pairs: ScoredPair[] = [];
    await this.#pairs.forEach(threshold, (pair) => {
      if (allowed && !(allowed.has(pair.a) && allowed.has(pair.b))) return;
      const score = geometry ? this.#kinds.agreement(pair.a, pair.b) : pair.score;
      if (score !== null) pairs.push({ ...pair, score });
    });
    if (!kinds) return pairs;
    const linked: ScoredPair[] = [];
    for (const [place, pair] of pairs.entries()) {
      // What is known of two photos is answered at once, and lets nobody else have a turn.
      if (place % pairsAtATime === 0) await setImmediate();
      const [one, other] = [pair.a, pair.b].map((contentId) => ({
        contentId,
        photo: photos.withContent(contentId, filter).at(0),
      }));
      if (!one.photo || !other.photo) continue;
      const kind = await this.#kinds.of({ ...one, photo: one.photo }, { ...other, photo: other.photo });
      if (kinds.includes(kind)) linked.push(pair);
    }
    return linked;
  }

  /** Null where fewer than two photos are left, as when files went meanwhile. */
  async #describe(
    { members, centre }: DuplicateGroup,
    filter: PhotoFilter | undefined,
  ): Promise<DuplicateGroupDetails | null> {
    const { library } = this.#engine;
    const found = members.flatMap((contentId) =>
      library.photos.withContent(contentId, filter).map((photo) => ({ contentId, photo })),
    );
    if (found.length < 2) return null;
    const first = new Map(found.toReversed().map((member) => [member.contentId, member]));
    const ids = [...first.keys()].sort((a, b) => a - b);
    const middle = first.get(centre) ?? found[0];
    const pairs: DuplicatePair[] = [];
    const toTell = ids.length > mostPairwise ? this.#leastAlike(middle.contentId, ids) : everyTwo(ids);
    for (const [a, b] of toTell) {
      const [one, other] = [first.get(a), first.get(b)];
      if (!one || !other) continue;
      pairs.push({
        photoId: one.photo.id,
        otherPhotoId: other.photo.id,
        score: this.#pairs.similarity(a, b),
        kind: await this.#kinds.of(one, other),
      });
    }
    const withCentre = pairs.filter(({ photoId, otherPhotoId }) =>
      [photoId, otherPhotoId].includes(middle.photo.id),
    );
    const kind = loosest(withCentre.map((pair) => pair.kind));
    const kept = library.decisions.kept.among(ids);
    const looksCloser = asksForSharpness(kind) && found.length <= mostLookedAt;
    const contenders = await Promise.all(
      found.map(async (member): Promise<DuplicateMember> => {
        const isCentre = member.contentId === middle.contentId;
        const score = isCentre ? 1 : this.#pairs.similarity(middle.contentId, member.contentId);
        const sharpness = looksCloser ? await this.#sharpness(member) : null;
        return { ...member, score, sharpness, kept: kept.has(member.photo.id) };
      }),
    );
    const { place, reasons } = suggestKeeper(contenders, kind);
    const keeper = contenders[place];
    return {
      centrePhotoId: middle.photo.id,
      kind,
      members: [
        keeper,
        ...contenders.filter((member) => member !== keeper).sort((a, b) => b.score - a.score),
      ],
      pairs,
      keeper: { photoId: keeper.photo.id, reasons },
    };
  }

  /** The centre with each of those that resemble it least: by these it is told what a group is. */
  #leastAlike(centre: number, ids: readonly number[]): [number, number][] {
    return ids
      .filter((id) => id !== centre)
      .map((id) => ({ id, score: this.#pairs.similarity(centre, id) }))
      .sort((a, b) => a.score - b.score || a.id - b.id)
      .slice(0, mostWithCentre)
      .map(({ id }) => [Math.min(centre, id), Math.max(centre, id)]);
  }

  /** Looked at once for each picture, as soon as its file is there. */
  async #sharpness({
    contentId,
    photo,
  }: {
    contentId: number;
    photo: DuplicateMember['photo'];
  }): Promise<number | null> {
    const { library } = this.#engine;
    const known = library.sharpness.get(contentId);
    if (known !== null || photo.offline) return known;
    try {
      const limits = limitsFor(library.settings.get().maxMegapixels);
      const sharpness = await this.#reading(() => sharpnessOfFile(photo.path, limits));
      if (library.access === 'write') library.change(() => library.sharpness.set(contentId, sharpness));
      return sharpness;
    } catch (error) {
      if (error instanceof SemblanceError && (isPhotoProblem(error.code) || error.code === 'not-a-photo'))
        return null;
      throw error;
    }
  }

  /** How alike the pairs are, by the recipe in service, that a person has judged. */
  #judged(): Judged {
    const { library, serving } = this.#engine;
    if (!serving || serving.index.size === 0) return { confirmed: [], refuted: [] };
    const confirmed = library.binnedFiles.binnedContents(mostJudged).flatMap((contentId) => {
      // A copy of it is still there, byte for byte.
      if (serving.index.has(contentId)) return [1];
      const vector = library.generations.descriptor(serving.generation.id, contentId);
      return vector ? serving.index.search(vector, 1).map(({ score }) => score) : [];
    });
    const refuted = library.decisions.apart().map(([a, b]) => this.#pairs.similarity(a, b));
    return { confirmed, refuted };
  }
}

function everyTwo(ids: readonly number[]): [number, number][] {
  return ids.flatMap((a, place) => ids.slice(place + 1).map((b): [number, number] => [a, b]));
}

/** A group is no more of one kind than the member that is least so. */
function loosest(kinds: readonly DuplicateKind[]): DuplicateKind {
  return duplicateKinds[Math.max(0, ...kinds.map((kind) => duplicateKinds.indexOf(kind)))];
}
