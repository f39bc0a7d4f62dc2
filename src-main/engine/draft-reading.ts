/**
 * Reads photos for a draft, so that it can be previewed and measured before it is applied. Nothing in service changes, and
 * what has been read stays: the same again goes on where it ended.
 */
import { type Job, SemblanceError } from '../contract/index.ts';
import { codeLength, layoutOf } from '../descriptor/index.ts';
import type { StoredGeneration } from '../library/index.ts';
import type { JobControl } from './job-run.ts';
import type { RetuningParts } from './retuning.ts';
import { makePairs, readAgain } from './vision-job.ts';

/**
 * Begins to fill the cache with what an extraction asks for.
 * @param extractionKey of an extraction that is remembered
 * @param serving the generation in service
 * @throws SemblanceError `not-available` when the cache has no room for a single photo more
 */
export function beginReading(parts: RetuningParts, extractionKey: string, serving: StoredGeneration): Job {
  const { library, jobs } = parts;
  const missing = library.powerMeans.missing(extractionKey).length;
  if (roomFor(parts, extractionKey) < missing) forgetOthers(parts, [serving.extractionKey, extractionKey]);
  if (missing > 0 && roomFor(parts, extractionKey) === 0) {
    throw new SemblanceError(
      'not-available',
      'The cache is full, so what is read for the draft could not be kept. Allow it more space in the settings.',
    );
  }
  return jobs.start('extract', (control) => read(parts, extractionKey, serving, control)).job;
}

/** What earlier recipes and drafts have left in the cache makes room for what is asked for now. */
function forgetOthers({ library }: RetuningParts, wantedKeys: readonly string[]): void {
  const wantedBytes = library.extractions
    .list()
    .filter(({ key }) => wantedKeys.includes(key))
    .reduce((sum, each) => sum + each.pictures * each.bytesPerPicture, 0);
  library.trimCache(wantedBytes, wantedKeys);
}

/** Photos that the cache has room for. */
function roomFor({ library }: RetuningParts, extractionKey: string): number {
  const free = library.settings.get().cacheBudgetBytes - library.cacheBytes();
  return Math.max(0, Math.floor(free / codeLength(library.layoutOfExtraction(extractionKey))));
}

async function read(
  parts: RetuningParts,
  extractionKey: string,
  serving: StoredGeneration,
  control: JobControl,
): Promise<void> {
  const { library, startVision, startAlone, tryDevices, mayCache } = parts;
  const missing = library.powerMeans.missing(extractionKey);
  const hasPairs = library.variants.count(serving.extractionKey) > 0;
  const extraction = library.extractions.get(extractionKey);
  if (!extraction || (missing.length === 0 && !hasPairs)) {
    control.conclude(complete);
    return;
  }
  await tryDevices(extraction, control);
  const fitting = missing.slice(0, roomFor(parts, extractionKey));
  control.report({ step: 'Reading photos for the draft', done: 0, total: fitting.length });
  let kept = 0;
  const vision = await startVision(extraction);
  try {
    const readers = { vision, startAlone: () => startAlone(extraction) };
    await readAgain(library, fitting, readers, control, (contentId, code) => {
      if (!mayCache(codeLength(layoutOf(extraction)))) return;
      library.change(() => library.powerMeans.add(contentId, extractionKey, code));
      kept += 1;
    });
    // Where copies tell which photos match, the draft can be measured by its own.
    if (hasPairs) await makePairs(library, extractionKey, vision, control);
  } finally {
    await vision.close();
  }
  control.conclude(outcomeOf(kept, fitting.length, missing.length));
}

const complete = 'All photos have been read for this draft. It can be previewed and measured.';

function outcomeOf(kept: number, fitting: number, missing: number): string {
  if (missing === 0) return complete;
  const photos = (count: number): string => (count === 1 ? '1 photo' : `${count} photos`);
  if (kept === missing) return `${photos(kept)} read for the draft. It can be previewed and measured now.`;
  const some = `${kept} of ${photos(missing)} read for the draft.`;
  return fitting < missing
    ? `${some} The cache has no room for more; allow it more space in the settings to read the rest.`
    : `${some} The others could not be read; they may be on a drive that is not there.`;
}
