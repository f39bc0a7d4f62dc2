/** Photos' pictures as pages load them: small copies for grids, and larger ones to look at closely. */
import * as v from 'valibot';
import { idSchema, integerBetween } from './schemas.ts';

/** More would be decoded and sent for nothing: it is about what the largest screens show. */
export const mostPictureSide = 4096;

/** Schemas of the commands' arguments. */
export const pictureArguments = {
  /** A small copy. */
  thumbnail: v.strictObject({ photoId: idSchema }),
  /** A copy whose longer side has at most so many pixels; never larger than the photo itself. */
  picture: v.strictObject({ photoId: idSchema, longestSide: integerBetween(1, mostPictureSide) }),
} as const;

/** A copy of a photo, upright and in sRGB. */
export interface PictureFile {
  bytes: Uint8Array;
  mediaType: string;
}

/** Answer of each command. */
export interface PictureAnswers {
  thumbnail: PictureFile;
  picture: PictureFile;
}

/** Address of a photo's thumbnail, relative to the page, in Electron as in a browser. */
export function thumbnailAddress(photoId: number): string {
  return `/thumbnails/${photoId}`;
}

/** The same for a picture to look at closely. */
export function pictureAddress(photoId: number, longestSide: number): string {
  return `/pictures/${photoId}/${longestSide}`;
}

/** The part of the engine's call that serving pictures needs. */
interface PictureCalls {
  (command: 'thumbnail', args: { photoId: number }): Promise<PictureFile>;
  (command: 'picture', args: { photoId: number; longestSide: number }): Promise<PictureFile>;
}

/**
 * The picture at an address that a page asks a host for; null for one that is no picture's.
 * The promise rejects with the error of the command.
 */
export function pictureAt(pathname: string, call: PictureCalls): Promise<PictureFile> | null {
  const thumbnail = /^\/thumbnails\/(\d{1,15})$/.exec(pathname);
  if (thumbnail) return call('thumbnail', { photoId: Number(thumbnail[1]) });
  const picture = /^\/pictures\/(\d{1,15})\/(\d{1,4})$/.exec(pathname);
  if (!picture) return null;
  return call('picture', { photoId: Number(picture[1]), longestSide: Number(picture[2]) });
}

/** Headers of an answer that is a picture. */
export function pictureHeaders({ mediaType }: PictureFile): Record<string, string> {
  return { 'content-type': mediaType, 'cache-control': 'private, max-age=300' };
}
