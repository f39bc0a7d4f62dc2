import { Command, InvalidArgumentError, Option } from 'commander';
import {
  binThrough,
  type BinOutcome,
  type DuplicateGroupDetails,
  type DuplicateKind,
  duplicateKinds,
  type DuplicateMember,
  keepWords,
  leastDuplicateThreshold,
  mostGroups,
  SemblanceError,
  type SuggestedKeeper,
} from '../../contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { moveToBin } from '../../server/index.ts';
import { type FilterOptions, filterOf, withFilterOptions } from '../filter-options.ts';
import { followJobs } from '../follow-jobs.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

type DuplicatesOptions = LibraryOptions &
  FilterOptions & {
    threshold?: number;
    kind: DuplicateKind[];
    geometry: boolean;
    binSuggested: boolean;
    yes: boolean;
  };

export const duplicatesCommand = withFilterOptions(
  new Command('duplicates').description(
    'groups of photos that are duplicates of each other, and which to keep',
  ),
)
  .addOption(
    new Option(
      '--threshold <t>',
      `least similarity to the middle of a group, ${leastDuplicateThreshold} to 1 (default: what is suggested)`,
    ).argParser(similarity),
  )
  .addOption(
    new Option('--kind <kind>', `only groups of this kind; repeatable: ${duplicateKinds.join(', ')}`)
      .argParser(kind)
      .default([], 'all'),
  )
  .option('--geometry', 'only pairs that are the same place by place; compares them first', false)
  .option(
    '--bin-suggested',
    'move all but the photo that is suggested, and those that you keep, of each group to the bin, with --yes',
    false,
  )
  .option('--yes', 'do it, rather than only tell what would go', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, binSuggested, yes, ...options }: DuplicatesOptions) => {
    // What is compared place by place is kept, so that the next time is faster.
    const access = (binSuggested && yes) || options.geometry ? 'write' : 'read';
    await withEngine(library, access, async (engine) => {
      const { threshold, groups, complete } = await groupsOf(engine, options);
      const outcome = binSuggested && yes ? await binSuggestedOf(engine, groups) : null;
      if (json) console.log(JSON.stringify({ threshold, complete, groups: groups.map(plain), bin: outcome }));
      else print(threshold, groups, binSuggested, outcome);
      if (!complete && !json) {
        console.log('\nNot all photos have been compared yet; to complete that: semblance index');
      }
      if (outcome && outcome.failed.length > 0) process.exitCode = 1;
    });
  });

function similarity(text: string): number {
  const number = Number(text);
  if (number >= leastDuplicateThreshold && number <= 1) return number;
  throw new InvalidArgumentError(`It must be a number from ${leastDuplicateThreshold} to 1.`);
}

function kind(text: string, all: DuplicateKind[]): DuplicateKind[] {
  const known = duplicateKinds.find((each) => each === text);
  if (known) return [...all, known];
  throw new InvalidArgumentError(`It must be one of ${duplicateKinds.join(', ')}.`);
}

async function groupsOf(
  engine: Engine,
  {
    threshold: asked,
    kind: kinds,
    geometry,
    ...options
  }: FilterOptions & Pick<DuplicatesOptions, 'threshold' | 'kind' | 'geometry'>,
): Promise<{ threshold: number; groups: DuplicateGroupDetails[]; complete: boolean }> {
  const filter = await filterOf(engine, options);
  const threshold = asked ?? (await engine.call('duplicateThresholds', {})).suggested;
  if (geometry) await followJobs(engine, () => engine.call('checkDuplicates', { threshold }));
  const groups: DuplicateGroupDetails[] = [];
  for (;;) {
    const answer = await engine.call('duplicates', {
      threshold,
      filter,
      offset: groups.length,
      limit: mostGroups,
      ...(kinds.length > 0 && { kinds }),
      ...(geometry && { geometry }),
    });
    groups.push(...answer.groups);
    if (groups.length >= answer.total || answer.groups.length === 0)
      return { threshold, groups, complete: answer.complete };
  }
}

/** A group at a time, so that the keeper of each is seen to be there. */
async function binSuggestedOf(engine: Engine, groups: DuplicateGroupDetails[]): Promise<BinOutcome> {
  const all: BinOutcome = { binned: [], failed: [] };
  for (const { keeper, members } of groups) {
    const [kept, photos] = [true, false].map((stays) =>
      members
        .filter((member) => staysOf(member, keeper) === stays)
        .map(({ photo: { id, path } }) => ({ photoId: id, path })),
    );
    if (photos.length === 0) continue;
    try {
      const { binned, failed } = await binThrough(engine.call, { photos, kept }, moveToBin);
      all.binned.push(...binned);
      all.failed.push(...failed);
    } catch (error) {
      if (!(error instanceof SemblanceError)) throw error;
      all.failed.push({ path: error.photo ?? members[0].photo.path, message: error.message });
    }
  }
  return all;
}

function staysOf({ photo, kept }: DuplicateMember, keeper: SuggestedKeeper): boolean {
  return kept || photo.id === keeper.photoId;
}

function plain({ kind, keeper, members, pairs }: DuplicateGroupDetails): object {
  const pathOf = new Map(members.map(({ photo }) => [photo.id, photo.path]));
  return {
    kind,
    keep: { path: pathOf.get(keeper.photoId), photoId: keeper.photoId, reason: keepWords(keeper.reasons) },
    members: members.map(({ photo, score, sharpness, kept }) => ({
      path: photo.path,
      photoId: photo.id,
      score,
      width: photo.width,
      height: photo.height,
      sizeBytes: photo.sizeBytes,
      format: photo.format,
      takenAtMs: photo.takenAtMs,
      sharpness,
      kept,
    })),
    pairs: pairs.map(({ photoId, otherPhotoId, score, kind: pairKind }) => ({
      a: pathOf.get(photoId),
      b: pathOf.get(otherPhotoId),
      score,
      kind: pairKind,
    })),
  };
}

function print(
  threshold: number,
  groups: DuplicateGroupDetails[],
  isBinning: boolean,
  outcome: BinOutcome | null,
): void {
  const found = groups.length === 1 ? '1 group' : `${groups.length} groups`;
  console.log(`${found} at a similarity of ${threshold.toFixed(2)} and more`);
  for (const { kind: groupKind, keeper, members } of groups) {
    console.log(`\n${groupKind}; keep the first: ${keepWords(keeper.reasons)}`);
    for (const member of members) {
      const { path, width, height, sizeBytes } = member.photo;
      const mark = staysOf(member, keeper) ? '*' : ' ';
      console.log(
        `  ${mark} ${member.score.toFixed(3)}  ${width} × ${height}, ${Math.ceil(sizeBytes / 1000)} kB  ${path}`,
      );
    }
  }
  const rest = groups
    .flatMap(({ keeper, members }) => members.map((member) => staysOf(member, keeper)))
    .filter((stays) => !stays).length;
  if (isBinning && !outcome && rest > 0) {
    const count = rest === 1 ? '1 photo' : `${rest} photos`;
    console.log(`\n${count} without * would go to the bin. To do it, add --yes.`);
  }
  if (!outcome) return;
  console.log('');
  for (const { path } of outcome.binned) console.log(`To the bin: ${path}`);
  for (const { path, message } of outcome.failed) console.log(`Stays: ${path} (${message})`);
  if (outcome.binned.some(({ canRestore }) => canRestore)) {
    console.log('To bring them back: semblance bin restore --latest');
  }
}
