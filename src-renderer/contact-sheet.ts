/** Photos as one file to print or mail. */
import {
  type ContactSheet,
  contactSheetParts,
  mostOnSheet,
  type PhotoDetails,
  type SearchResult,
  sheetMediaType,
  type SheetPhoto,
  thumbnailAddress,
} from '../src-main/contract/index.ts';
import { download, fileName } from './searching/export.ts';
import { queryTitle, type SearchExample, type SearchQuery } from './searching/query.ts';
import { photos as photoCount } from './wording.ts';

/** Longer side of an example's picture, which is in no library. */
const exampleSide = 320;

/** The best of a ranking, with what was searched with and the conditions, in words, that photos had to meet. */
export async function downloadRankingSheet(
  query: SearchQuery,
  results: readonly SearchResult[],
  conditions: readonly string[],
): Promise<void> {
  const shown = results.slice(0, mostOnSheet);
  await downloadSheet({
    title: queryTitle(query),
    notes: [
      `${photoCount(shown.length)}, the most similar first`,
      ...(conditions.length > 0 ? [conditions.join(' · ')] : []),
    ],
    examples: query.examples.map((example) => ({
      ...plain(example.name),
      picture: () => pictureOfExample(example),
    })),
    photos: shown.map(({ rank, score, photo }) => ({
      ...sheetPhoto(photo),
      before: String(rank),
      after: score.toFixed(3),
    })),
  });
}

/** Photos of the library in their order. */
export async function downloadPhotosSheet(photos: readonly PhotoDetails[]): Promise<void> {
  await downloadSheet({
    title: photoCount(photos.length),
    notes: [],
    examples: [],
    photos: photos.map(sheetPhoto),
  });
}

async function downloadSheet(sheet: Omit<ContactSheet, 'madeAt' | 'language'>): Promise<void> {
  // Handed over page by page: to copy all of them at the end would hold the window up.
  const parts: Blob[] = [];
  const whole = { ...sheet, madeAt: new Date(), language: document.documentElement.lang };
  for await (const part of contactSheetParts(whole)) parts.push(new Blob([part]));
  download(fileName(sheet.title, 'html'), new Blob(parts, { type: sheetMediaType }));
}

const plain = (name: string): Pick<SheetPhoto, 'name' | 'before' | 'after'> => ({
  name,
  before: '',
  after: '',
});

function sheetPhoto({ id, name }: PhotoDetails): SheetPhoto {
  return { ...plain(name), picture: () => thumbnail(id) };
}

function pictureOfExample({ source }: SearchExample): Promise<string | null> {
  return 'photoId' in source ? thumbnail(source.photoId) : smallCopy(source.file);
}

async function thumbnail(photoId: number): Promise<string | null> {
  const answer = await fetch(thumbnailAddress(photoId));
  return answer.ok ? dataUrlOf(await answer.blob()) : null;
}

/** null for a format that browsers do not read. */
async function smallCopy(file: Blob): Promise<string | null> {
  const whole = await createImageBitmap(file).catch(() => null);
  if (!whole) return null;
  const factor = Math.min(1, exampleSide / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(whole.width * factor)),
    Math.max(1, Math.round(whole.height * factor)),
  );
  canvas.getContext('2d')?.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return dataUrlOf(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }));
}

function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onloadend = () => {
      if (typeof reader.result === 'string') resolve(reader.result);
      else reject(reader.error ?? new Error('The picture could not be read.'));
    };
    reader.readAsDataURL(blob);
  });
}
