/**
 * Moving photos to the system's bin, and back. The engine says which files may go and remembers what went; the host moves
 * them, because each system's bin is reached from another place. A page names photos; the path beside one only guards it.
 */
import * as v from 'valibot';
import { messageOf } from './errors.ts';
import { idSchema, pageFields } from './schemas.ts';

const photoIds = v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(1000));

/** A photo, and where it is as a person sees it: a number may belong to another file since a page was shown. */
const shownPhotoSchema = v.strictObject({
  photoId: idSchema,
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(32_767)),
});

/** What may go: never every photo of a picture's group by mistake. */
const binningSchema = v.strictObject({
  photos: v.pipe(v.array(shownPhotoSchema), v.minLength(1), v.maxLength(1000)),
  /** The photos that stay instead of those; one of them must be there. */
  kept: v.optional(v.pipe(v.array(shownPhotoSchema), v.maxLength(1000))),
  /** Says that nothing has to stay, not even what was chosen to be kept among its duplicates. */
  allOfGroup: v.optional(v.boolean()),
});

/** Schemas of the host's command. */
export const binHostArguments = {
  /** Moves photos' files to the system's bin. */
  binPhotos: binningSchema,
} as const;

/** Schemas of the engine's commands. */
export const binArguments = {
  /**
   * Which files those are, each looked at now: it is there, and still what was indexed. Until `recordBinned` tells what
   * became of them, and for no longer than ten minutes, they count as staying for nobody.
   */
  checkBinning: binningSchema,
  /** Takes checked photos out of the catalogue whose files have gone; those that are still in their place stay. */
  recordBinned: v.strictObject({ photoIds }),
  /** What was moved to the bin, the latest first. */
  binnedFiles: v.strictObject(pageFields),
  /** Brings files back from the bin to where they were, where the system lets programs do that. */
  restoreBinned: v.strictObject({ binnedIds: photoIds }),
} as const;

export type ShownPhoto = v.InferOutput<typeof shownPhotoSchema>;
export type Binning = v.InferOutput<typeof binningSchema>;

/** A file that was moved to the bin. */
export interface BinnedFile {
  id: number;
  path: string;
  sizeBytes: number;
  binnedAtMs: number;
  /** Whether it can be brought back from here; elsewhere a person restores it in the bin itself. */
  canRestore: boolean;
  restoredAtMs: number | null;
}

/** Some may succeed where others do not. */
export interface BinOutcome {
  binned: BinnedFile[];
  failed: { path: string; message: string }[];
}

export interface RestoreOutcome {
  restored: BinnedFile[];
  failed: { path: string; message: string }[];
}

/** Answers of the engine's commands. */
export interface BinAnswers {
  checkBinning: { files: { photoId: number; path: string }[] };
  recordBinned: { binned: BinnedFile[] };
  binnedFiles: { total: number; files: BinnedFile[] };
  restoreBinned: RestoreOutcome;
}

/** The part of the engine's call that moving needs. */
interface BinCalls {
  (command: 'checkBinning', args: Binning): Promise<BinAnswers['checkBinning']>;
  (command: 'recordBinned', args: { photoIds: number[] }): Promise<BinAnswers['recordBinned']>;
}

/**
 * Moves photos to the bin by the host's own means, file by file: each is looked at right before and recorded right after,
 * so that if the program ends in between, at most one is in the bin without being known there.
 * @param moveToBin rejects where the file stays in its place
 * @throws SemblanceError of `checkBinning`; then nothing has been moved
 */
export async function binThrough(
  call: BinCalls,
  binning: Binning,
  moveToBin: (path: string) => Promise<void>,
): Promise<BinOutcome> {
  const { files } = await call('checkBinning', binning);
  const going = new Set(binning.photos.map(({ photoId }) => photoId));
  const kept = binning.kept?.filter(({ photoId }) => !going.has(photoId)) ?? [];
  const outcome: BinOutcome = { binned: [], failed: [] };
  for (const { photoId, path } of files) {
    let message: string | null = null;
    try {
      await call('checkBinning', { ...binning, photos: [{ photoId, path }], kept });
      await moveToBin(path);
    } catch (error) {
      message = `It could not be moved to the bin: ${messageOf(error)}`;
    }
    // Whatever happened: the engine sees whether the file has gone, and else counts on it again.
    const { binned } = await call('recordBinned', { photoIds: [photoId] });
    outcome.binned.push(...binned);
    if (message !== null && binned.length === 0) outcome.failed.push({ path, message });
  }
  return outcome;
}
