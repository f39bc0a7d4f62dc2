/** Writes what a search found as a contact sheet. */
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type ContactSheet,
  contactSheetParts,
  messageOf,
  mostOnSheet,
  type SearchResult,
  SemblanceError,
} from '../contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { jpegMediaType, smallCopy } from '../vision/index.ts';
import type { PictureExample } from './photo-file.ts';

/** Longer side of an example's picture. */
const exampleSide = 320;

/** @throws SemblanceError `invalid-arguments` */
export function refuseTooManyOnSheet(photos: number): void {
  if (photos <= mostOnSheet) return;
  throw new SemblanceError(
    'invalid-arguments',
    `A contact sheet holds ${mostOnSheet} photos at most. Ask for fewer with --top.`,
  );
}

/** @throws SemblanceError `invalid-arguments` where the file cannot be written */
export async function writeRankingSheet(
  file: string,
  engine: Engine,
  { examples, results }: { examples: PictureExample[]; results: SearchResult[] },
): Promise<void> {
  const sheet: ContactSheet = {
    title: examples.length === 1 ? examples[0].name : `${examples.length} examples`,
    notes: [`${results.length === 1 ? '1 photo' : `${results.length} photos`}, the most similar first`],
    examples: examples.map((example) => ({
      name: example.name,
      before: '',
      after: '',
      picture: async () => jpegAddress(await smallCopy(example, { longestSide: exampleSide })),
    })),
    photos: results.map(({ rank, score, photo }) => ({
      name: basename(photo.path),
      before: String(rank),
      after: score.toFixed(3),
      picture: () => pictureOfPhoto(engine, photo.id),
    })),
    madeAt: new Date(),
    language: 'en',
  };
  try {
    await pipeline(Readable.from(contactSheetParts(sheet)), createWriteStream(file));
  } catch (error) {
    if (error instanceof SemblanceError) throw error;
    throw new SemblanceError(
      'invalid-arguments',
      `The contact sheet could not be written to ${file} (${messageOf(error)}). Name a file in a folder that you may write to.`,
    );
  }
}

/** null where there is none, as while the drive is away. */
async function pictureOfPhoto(engine: Engine, photoId: number): Promise<string | null> {
  try {
    return jpegAddress((await engine.call('thumbnail', { photoId })).bytes);
  } catch (error) {
    if (error instanceof SemblanceError) return null;
    throw error;
  }
}

function jpegAddress(bytes: Uint8Array): string {
  return `data:${jpegMediaType};base64,${Buffer.from(bytes).toString('base64')}`;
}
