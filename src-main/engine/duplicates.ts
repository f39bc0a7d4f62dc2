/** Answers about duplicates: groups at a threshold, what each is, and which photo of it to keep. */
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
  type PhotoFilter,
  SemblanceError,
} from '../contract/index.ts';
import type { DuplicateGroup } from '../search/index.ts';
import { limitsFor, sharpnessOfFile } from '../vision/index.ts';
import type { Handlers } from './command-handlers.ts';
import { asksForSharpness, suggestKeeper } from './duplicate-keeper.ts';
import { DuplicateKinds } from './duplicate-kinds.ts';
import { DuplicatePairs } from './duplicate-pairs.ts';
import { type Judged, thresholdsFrom } from './duplicate-thresholds.ts';
import type { Engine } from './engine.ts';

/** Pictures of which every two are told of; of larger groups only those with the centre. */
const mostPairwise = 12;
/** Binned photos by which the precision of a threshold is told, the latest. */
const mostJudged = 500;

export function duplicateHandlers(engine: Engine): Pick<Handlers, keyof DuplicateAnswers> {
  const duplicates = new Duplicates(engine);
  return {
    duplicates: (question) => duplicates.answer(question),
    duplicateThresholds: ({ filter }) => duplicates.thresholds(filter),
  };
}

class Duplicates {
  readonly #engine: Engine;
  readonly #pairs: DuplicatePairs;
  readonly #kinds: DuplicateKinds;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#pairs = new DuplicatePairs(engine);
    this.#kinds = new DuplicateKinds(engine);
  }

  async answer({
    threshold,
    kinds,
    filter,
    offset,
    limit,
  }: CommandArguments['duplicates']): Promise<DuplicatesAnswer> {
    const { graph } = await this.#pairs.at(filter, threshold);
    const all = await this.#groups(filter, threshold);
    const groups: DuplicateGroupDetails[] = [];
    let place = kinds ? 0 : offset;
    let left = kinds ? offset : 0;
    // Which kind a group is of is found out as far as it is shown.
    for (; place < all.length && groups.length < limit; place++) {
      const group = await this.#describe(all[place], filter);
      if (!group || (kinds && !kinds.includes(group.kind))) continue;
      if (left > 0) left -= 1;
      else groups.push(group);
    }
    return { total: all.length, groups, hasMore: place < all.length, complete: graph.complete };
  }

  async thresholds(filter: PhotoFilter | undefined): Promise<DuplicateThresholds> {
    const { joinings, least, graph, allowed } = await this.#pairs.at(filter);
    const index = this.#engine.serving?.index;
    const ids = Array.from(index?.ids() ?? []).filter((id) => !allowed || allowed.has(id));
    const nearest = ids.flatMap(
      (id) => graph.of(id).find((hit) => !allowed || allowed.has(hit.id))?.score ?? [],
    );
    return thresholdsFrom(nearest, joinings, least, this.#judged(), graph.complete);
  }

  /** Pictures in several files come first: nothing is surer. */
  async #groups(filter: PhotoFilter | undefined, threshold: number): Promise<DuplicateGroup[]> {
    const similar = await this.#pairs.groups(filter, threshold);
    const grouped = new Set(similar.flatMap(({ members }) => members));
    const copies = this.#engine.library.photos
      .contentsInSeveralFiles(filter)
      .filter((id) => !grouped.has(id))
      .map((id) => ({ members: [id], centre: id, least: 1 }));
    return [...copies, ...similar];
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
    for (const [place, a] of ids.entries()) {
      for (const b of ids.slice(place + 1)) {
        const [one, other] = [first.get(a), first.get(b)];
        if (!one || !other) continue;
        if (ids.length > mostPairwise && a !== middle.contentId && b !== middle.contentId) continue;
        pairs.push({
          photoId: one.photo.id,
          otherPhotoId: other.photo.id,
          score: this.#pairs.similarity(a, b),
          kind: await this.#kinds.of(one, other),
        });
      }
    }
    const withCentre = pairs.filter(({ photoId, otherPhotoId }) =>
      [photoId, otherPhotoId].includes(middle.photo.id),
    );
    const kind = loosest(withCentre.map((pair) => pair.kind));
    const contenders = await Promise.all(
      found.map(async (member): Promise<DuplicateMember> => {
        const isCentre = member.contentId === middle.contentId;
        const score = isCentre ? 1 : this.#pairs.similarity(middle.contentId, member.contentId);
        return { ...member, score, sharpness: asksForSharpness(kind) ? await this.#sharpness(member) : null };
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
      const sharpness = await sharpnessOfFile(photo.path, limitsFor(library.settings.get().maxMegapixels));
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

/** A group is no more of one kind than the member that is least so. */
function loosest(kinds: readonly DuplicateKind[]): DuplicateKind {
  return duplicateKinds[Math.max(0, ...kinds.map((kind) => duplicateKinds.indexOf(kind)))];
}
