/** Learns where to look in a feature map, from the maps of some photos that match. */
import { modelOfTap, type Recipe, SemblanceError, type Tap } from '../contract/index.ts';
import type { AttentionWeights } from '../descriptor/index.ts';
import { isHeldOut } from '../learn/index.ts';
import type { Library } from '../library/index.ts';
import { alteredPhotos, alterations, limitsFor, type TapMap, type Vision } from '../vision/index.ts';
import { analyseFor } from './analysis.ts';
import type { JobControl } from './job-run.ts';
import { areTelling, folderLabels, tagLabels } from './labels.ts';

export interface AttentionRequest {
  library: Library;
  vision: Vision;
  recipe: Recipe;
  tap: Tap;
  /** Channels between the two convolutions. */
  hidden: number;
}

/** Photos whose maps are looked at, and the bytes that those may take together. */
const mostPhotos = 300;
const mostBytes = 400e6;
/** Of one group: the more groups, the more there is to tell apart. */
const mostOfGroup = 4;
/** Altered copies of each photo, where copies are what matches. */
const copiesPerPhoto = 3;

/** Photos are never those that the recipe is judged by later. */
export async function learnAttention(
  request: AttentionRequest,
  control: JobControl,
): Promise<AttentionWeights> {
  const { library, vision, recipe, tap, hidden } = request;
  const { from, seed } = recipe.learning;
  const photos = from === 'pairs' ? photosToAlter(library, recipe) : photosOfGroups(library, recipe);
  control.report({ step: 'Looking at photos to learn from', done: 0, total: photos.length });
  const maps: TapMap[] = [];
  const groups: number[] = [];
  const scale = Math.max(...recipe.scales);
  let bytes = 0;
  for (const [done, { contentId, group }] of photos.entries()) {
    await control.checkpoint();
    for (const picture of await pictures(library, contentId, from)) {
      const [[map]] = await vision.extractMaps(picture, [tap.name], [scale], modelOfTap(recipe, tap));
      maps.push(map);
      groups.push(group);
      bytes += map.map.byteLength;
    }
    control.report({ done: done + 1, total: photos.length });
    if (bytes > mostBytes) break;
  }
  if (maps.length === 0)
    throw new SemblanceError('not-enough-photos', 'There are no photos to learn from yet.');
  const { weights } = await analyseFor(
    'attention',
    {
      kind: 'attention',
      maps: maps.map(({ map, width, height }) => ({ data: map, positions: width * height })),
      groups,
      channels: maps[0].channels,
      hidden,
      seed,
    },
    control,
  );
  return weights;
}

interface Sampled {
  contentId: number;
  group: number;
}

function teaches(contentId: number, { learning }: Recipe): boolean {
  return !isHeldOut(contentId, learning.heldOut, learning.seed);
}

/** A few photos of each folder, or of each tag. @throws SemblanceError `no-ground-truth` */
function photosOfGroups(library: Library, recipe: Recipe): Sampled[] {
  const groups = recipe.learning.from === 'tags' ? tagLabels(library) : folderLabels(library);
  if (groups.from === 'folders' && !areTelling(groups)) {
    throw new SemblanceError(
      'no-ground-truth',
      'Folder names cannot serve as labels here: it takes two folders, one of them with two photos. Learn from self-made pairs.',
    );
  }
  const members = new Map<number, number[]>();
  groups.contentIds.forEach((contentId, i) => {
    if (!teaches(contentId, recipe)) return;
    const known = members.get(groups.labels[i]) ?? [];
    if (known.length < mostOfGroup) members.set(groups.labels[i], [...known, contentId]);
  });
  return [...members]
    .filter(([, contentIds]) => contentIds.length > 1)
    .flatMap(([group, contentIds]) => contentIds.map((contentId) => ({ contentId, group })))
    .slice(0, mostPhotos);
}

function photosToAlter(library: Library, recipe: Recipe): Sampled[] {
  return library.contents
    .ids()
    .filter((contentId) => teaches(contentId, recipe))
    .slice(0, Math.floor(mostPhotos / (1 + copiesPerPhoto)))
    .map((contentId) => ({ contentId, group: contentId }));
}

/** The photo's file, and its altered copies where those are what matches. */
async function pictures(
  library: Library,
  contentId: number,
  from: Recipe['learning']['from'],
): Promise<(string | { bytes: Uint8Array; name: string })[]> {
  const photo = library.photos.withContent(contentId).at(0);
  if (!photo) return [];
  if (from !== 'pairs') return [photo.path];
  const { hash } = library.photos.contentOf(photo.id);
  const limits = limitsFor(library.settings.get().maxMegapixels);
  const copies = await alteredPhotos(photo.path, hash, alterations.slice(0, copiesPerPhoto), limits);
  return [photo.path, ...copies.map(({ alteration, bytes }) => ({ bytes, name: `${alteration}.jpg` }))];
}
