/** Compares a folder on disk with what the catalogue knows of it. Reads no file. */
import { PathFilter } from './patterns.ts';
import { type FolderScan, type KnownFiles, Reconciler } from './reconcile.ts';
import { everywhere, type ScanPlace, Walk, type WalkParts } from './walk.ts';

export interface ScannedFolder {
  id: number;
  path: string;
  /** The person's own patterns, in gitignore's syntax. */
  patterns: string;
  followLinks: boolean;
}

export interface ScanOptions extends Pick<WalkParts, 'checkpoint'> {
  /** Where to look; everywhere by default. */
  places?: readonly ScanPlace[] | undefined;
  /** Files that changed less than this ago are left for later, as they may still be being written. */
  settleMs?: number;
  notInto?: readonly string[];
}

/**
 * What is new, changed, renamed or gone in a folder. What lies in a directory that cannot be listed counts as
 * unchanged. Links are passed over, unless they are to be followed: then each file and directory is looked at once,
 * however many links lead to it.
 * @throws SemblanceError `no-such-folder` when the folder itself cannot be listed
 */
export async function scanFolder(
  folder: ScannedFolder,
  known: KnownFiles,
  { places = everywhere, settleMs = 0, notInto = [], checkpoint }: ScanOptions,
): Promise<FolderScan> {
  const reconciler = new Reconciler(folder.id, known, settleMs);
  const walk = new Walk({
    folder,
    filter: new PathFilter(folder.patterns),
    notInto,
    onDirectory: (directory, listed) => reconciler.compare(directory, listed),
    onProblem: (directory, problem) => reconciler.unlistable(directory, problem),
    checkpoint,
  });
  await walk.run(places);
  for (const place of places) reconciler.closePlace(place);
  return reconciler.finish();
}
