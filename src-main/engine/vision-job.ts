/** Jobs that send photos of the library through the network again. */
import { isPhotoProblem, SemblanceError } from '../contract/index.ts';
import { encodeStatistics } from '../descriptor/index.ts';
import type { Library } from '../library/index.ts';
import {
  alteredPhotos,
  alterations,
  type FileReading,
  limitsFor,
  type LoneReader,
  type Vision,
} from '../vision/index.ts';
import type { JobControl } from './job-run.ts';
import { inFlight, readSuspectsAgain, Suspects } from './suspects.ts';

/** Photos whose altered copies are made: enough to learn a projection from, and made in a minute or two. */
const pairedPhotos = 300;

/** Runs an action for each item, several at a time; the first error ends it once those under way have ended. */
async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  control: JobControl,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let done = 0;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      await control.checkpoint();
      await action(item);
      done += 1;
      control.report({ done, total: items.length });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: concurrency }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}

/** A photo that cannot be read now is left as it is; whatever else is wrong ends the job. */
async function unlessUnreadable(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const unreadable =
      error instanceof SemblanceError && (isPhotoProblem(error.code) || error.code === 'not-a-photo');
    if (!unreadable) throw error;
  }
}

/**
 * Reads pictures and hands over their statistics. Pictures none of whose files can be read are passed over.
 * @param readers of what may kill its reader `startAlone`, of everything else `vision`
 * @param onCode told of each picture's statistics, as `encodeStatistics` makes them
 */
export async function readAgain(
  library: Library,
  contentIds: readonly number[],
  { vision, startAlone }: { vision: Vision; startAlone: () => LoneReader },
  control: JobControl,
  onCode: (contentId: number, code: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const keep = async (contentId: number, { extraction, contentHash }: FileReading): Promise<void> => {
    // A file that has changed meanwhile is another picture; the next indexing finds it.
    if (!extraction || library.contents.withHash(contentHash) !== contentId) return;
    await onCode(contentId, encodeStatistics(vision.layout, extraction.powerMeans));
  };
  const rest = await readSuspectsAgain(library, contentIds, startAlone, control, keep);
  await inParallel(rest, vision.concurrency, control, (contentId) =>
    unlessUnreadable(async () => {
      const photo = library.photos.withContent(contentId).find(({ offline }) => !offline);
      if (!photo) return;
      await inFlight(library, photo, async () =>
        keep(contentId, await vision.extractFile(photo.path, () => false)),
      );
    }),
  );
}

/** Makes the altered copies that are missing of an even sample of the library, and keeps their statistics. */
export async function makePairs(
  library: Library,
  extractionKey: string,
  vision: Vision,
  control: JobControl,
): Promise<void> {
  const sample = library.powerMeans.sample(extractionKey, pairedPhotos);
  const suspects = new Suspects(library);
  control.report({ step: 'Making altered copies to learn from', done: 0, total: sample.length });
  await inParallel(sample, vision.concurrency, control, (contentId) =>
    unlessUnreadable(async () => {
      const known = library.variants.of(contentId, extractionKey);
      const wanted = alterations.filter((alteration) => !known.includes(alteration));
      const photo = library.photos.withContent(contentId).at(0);
      // Others serve as well as one that an engine may have died of.
      if (wanted.length === 0 || !photo || suspects.has(photo)) return;
      const { hash } = library.photos.contentOf(photo.id);
      const limits = limitsFor(library.settings.get().maxMegapixels);
      await inFlight(library, photo, async () => {
        for (const { alteration, bytes } of await alteredPhotos(photo.path, hash, wanted, limits)) {
          const { powerMeans } = await vision.extractBytes(bytes, `${alteration}.jpg`);
          const data = encodeStatistics(vision.layout, powerMeans);
          library.change(() => library.variants.add(extractionKey, { contentId, variant: alteration, data }));
        }
      });
    }),
  );
}
