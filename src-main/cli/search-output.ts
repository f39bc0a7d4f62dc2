/** What a search found, for a person and for a program. */
import type { Moved, PhotoDetails, PhotoMetadata, SearchAnswer, SearchResult } from '../contract/index.ts';

export function printAnswer(answer: SearchAnswer & { leftOut?: string[] }, json: boolean): void {
  if (json) console.log(JSON.stringify(plainAnswer(answer)));
  else for (const line of linesOf(answer)) console.log(line);
}

function plainAnswer({ results, gone, ...answer }: SearchAnswer & { leftOut?: string[] }): object {
  return {
    results: results.map(({ rank, score, photo, moved }) => ({
      rank,
      score,
      path: photo.path,
      photoId: photo.id,
      moved,
      ...metadataOf(photo),
    })),
    ...answer,
    gone: gone.map(({ path }) => path),
  };
}

function linesOf(answer: SearchAnswer & { leftOut?: string[] }): string[] {
  const { results, gone, steps, whiteningRecall, leftOut = [] } = answer;
  const isRanked = steps.length > 0;
  return [
    ...leftOut.map((what) => `(${what}.)`),
    ...results.map((result) => lineOf(result, isRanked)),
    ...gone.map(({ path }) => `gone         ${path}`),
    ...steps.map(
      ({ name, milliseconds, note }) =>
        `${name}: ${milliseconds.toFixed(0)} ms${note === '' ? '' : `; ${note}`}`,
    ),
    ...(whiteningRecall === null
      ? []
      : [`At this whitening the index finds ${(100 * whiteningRecall).toFixed(0)} % of the best.`]),
  ];
}

function lineOf({ rank, score, photo, moved }: SearchResult, isRanked: boolean): string {
  const mark = isRanked ? `  ${markOf(moved).padEnd(4)}` : '';
  return `${String(rank).padStart(4)}  ${score.toFixed(3)}${mark}  ${photo.path}`;
}

/** How many places it moved against the plain ranking. */
function markOf(moved: Moved): string {
  if (moved === 'new') return 'new';
  if (moved === null || moved === 0) return '';
  return moved > 0 ? `▲${moved}` : `▼${-moved}`;
}

function metadataOf(photo: PhotoDetails): PhotoMetadata & Pick<PhotoDetails, 'rating' | 'tags'> {
  const { takenAtMs, camera, lens, latitude, longitude, rating, tags } = photo;
  return { takenAtMs, camera, lens, latitude, longitude, rating, tags };
}
