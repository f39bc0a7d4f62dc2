/** What is known of a photo, in words. */
import { formatLocale } from './language.ts';
import type { PhotoDetails } from '../src-main/contract/index.ts';
import { plural } from './plural.ts';
import { bytes, count, decimal } from './wording.ts';

/** The camera's clock is stored as if it were UTC, so it is shown so, wherever one is. */
const cameraClock = new Intl.DateTimeFormat(formatLocale(), {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** When a photo was taken, by the camera's clock. */
export function takenWords(takenAtMs: number): string {
  return cameraClock.format(takenAtMs);
}

/** Pairs of what it is and what it is like; what the file does not tell is left out. */
export function photoFacts(photo: PhotoDetails): [name: string, value: string][] {
  const { takenAtMs, camera, lens, latitude, longitude, rating, tags } = photo;
  const facts: [string, string | null][] = [
    ['Taken', takenAtMs === null ? null : takenWords(takenAtMs)],
    ['Camera', camera],
    ['Lens', lens],
    ['Place', latitude === null || longitude === null ? null : placeWords(latitude, longitude)],
    ['Rating', rating === null ? null : starsWords(rating)],
    ['Tags', tags.length === 0 ? null : tags.join(', ')],
    ['Size', `${count(photo.width)} × ${count(photo.height)}, ${bytes(photo.sizeBytes)}`],
    ['Format', photo.format.toUpperCase()],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

// @wc-include
const sides = { north: 'N', south: 'S', east: 'E', west: 'W' };

/** E.g. '48.20849° N, 16.37208° E'. */
function placeWords(latitude: number, longitude: number): string {
  const part = (degrees: number, side: string): string => `${decimal(Math.abs(degrees), 5)}° ${side}`;
  const parts = [
    part(latitude, latitude < 0 ? sides.south : sides.north),
    part(longitude, longitude < 0 ? sides.west : sides.east),
  ];
  return parts.join(', ');
}

export function starsWords(rating: number): string {
  return plural(rating, ['# star', '# stars']);
}
