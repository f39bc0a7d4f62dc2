/** From dropping a large photo on the window to the first result on the screen, part by part. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '@msgpack/msgpack';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import * as v from 'valibot';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { randomFrom } from '../../src-main/descriptor/random.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { decodePhoto } from '../../src-main/vision/decode.ts';
import { readPhotoFile } from '../../src-main/vision/read-file.ts';
import { clusteredVectors } from '../fixtures/described-library.ts';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { addManyPhotos } from './interface-library.ts';

/** How long a hand holds a photo over the window before it lets go. */
const draggedMs = 400;

/** A library with described photos of the real network's recipe, one of which is really there. */
export async function describedPhotos(root: string, count: number): Promise<string> {
  const path = join(root, 'described');
  const real = join(root, 'real');
  await writePhoto(real, 'one.png', 1);
  const engine = Engine.open({ libraryPath: path, access: 'write' });
  await engine.call('addFolder', { path: real });
  await engine.index(engine.library.folders.toScan()).ended;
  await engine.jobs.idle();
  const generation = engine.serving?.generation;
  const dimension = engine.serving?.index.vector(1)?.length;
  await engine.close();
  if (!generation || dimension === undefined) throw new Error('The photo was not indexed.');
  const folder = join(root, 'described photos');
  mkdirSync(folder);
  const vectors = [...clusteredVectors(count, dimension)];
  await addManyPhotos({
    path,
    folder,
    count,
    describe: (library, contentId, n) =>
      library.generations.addDescriptors(generation.id, [{ contentId, vector: vectors[n] }]),
  });
  return path;
}

/** Writes a JPEG of 24 megapixels, as large as a camera makes them. */
export async function largePhoto(root: string, seed: number): Promise<string> {
  const random = randomFrom(seed + 1);
  const [width, height] = [1500, 1000];
  const patches = Uint8Array.from({ length: 75 * 50 * 3 }, () => Math.floor(256 * random()));
  const coarse = await sharp(patches, { raw: { width: 75, height: 50, channels: 3 } })
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer();
  const grained = Uint8Array.from(coarse, (value) => Math.max(0, Math.min(255, value + 40 * random() - 20)));
  const file = join(root, `24-megapixels-${seed}.jpg`);
  await sharp(grained, { raw: { width, height, channels: 3 } })
    .resize({ width: 6000, height: 4000, fit: 'fill' })
    .jpeg({ quality: 92 })
    .toFile(file);
  return file;
}

/** What the engine does with it, alone and without a window, with the network loaded. */
export async function aloneTimes(
  library: string,
  file: string,
): Promise<{ decode: number; network: number }> {
  const { bytes } = await readPhotoFile(file);
  const engine = Engine.open({ libraryPath: library, access: 'read' });
  try {
    const vision = await engine.vision();
    await vision.extractBytes(bytes, file);
    const timed = async (action: () => Promise<unknown>): Promise<number> => {
      const startedMs = performance.now();
      await action();
      return performance.now() - startedMs;
    };
    const decoded = await timed(() => decodePhoto(bytes, 'jpeg', defaultRecipe.longerSide));
    const all = await timed(() => vision.extractBytes(bytes, file));
    return { decode: decoded, network: all - decoded };
  } finally {
    await engine.close();
  }
}

/** Times since the drop, in milliseconds. */
interface Heard {
  sent: number;
  messages: { at: number; bytes: number[] }[];
  loaded: number;
  painted: number;
}

export interface DropTimes {
  /** From the drop until the photo is on its way. */
  begin: number;
  /** Reading it, carrying it to the engine, and the answer back. */
  carry: number;
  /** In the engine: decoding, the network, and the search. */
  engine: number;
  /** From the answer until the first thumbnail is loaded, and until it is on the screen. */
  thumbnail: number;
  paint: number;
  total: number;
}

/** What `drop` asks for, where there is no socket. */
export async function listenToNothing(page: Page): Promise<void> {
  await page.evaluate(() => void Object.assign(window, { heard: { sent: 0, messages: [] } }));
}

/** Has to be called before the page is loaded. */
export async function listenToSocket(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: { sent: number; messages: { at: number; data: ArrayBuffer }[] } = { sent: 0, messages: [] };
    Object.assign(window, { heard });
    window.WebSocket = class extends WebSocket {
      constructor(address: string | URL) {
        super(address);
        this.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
          heard.messages.push({ at: performance.now(), data });
        });
      }
    };
    const fetch = window.fetch.bind(window);
    window.fetch = (...request): Promise<Response> => {
      if (request[1]?.method === 'POST') Object.assign(heard, { sent: performance.now(), messages: [] });
      return fetch(...request);
    };
  });
}

const replySchema = v.looseObject({
  value: v.looseObject({ results: v.array(v.unknown()), milliseconds: v.number() }),
});

/** Drops a file on the window, and waits for the first result. */
export async function drop(page: Page, file: string): Promise<DropTimes> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', id: 'dropped', hidden: true });
    document.body.append(input);
  });
  await page.locator('#dropped').setInputFiles(file);
  const heard = await page.evaluate(async (waitMs): Promise<Heard> => {
    const input = document.querySelector<HTMLInputElement>('#dropped');
    const photo = input?.files?.[0];
    if (!input || !photo) throw new Error('There is no file to drop.');
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(photo);
    input.remove();
    const fire = (type: string): void =>
      void document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
      );
    fire('dragenter');
    fire('dragover');
    await new Promise((done) => setTimeout(done, waitMs));
    const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
    const startMs = performance.now();
    fire('drop');
    let image: HTMLImageElement | null = null;
    while (!image?.complete || image.naturalWidth === 0) {
      await frame();
      image = document.querySelector<HTMLImageElement>('[data-photos=results] li img');
    }
    // Of pages with a protocol of their own it is not told.
    const resource = performance.getEntriesByName(image.src).at(-1) as PerformanceResourceTiming | undefined;
    await frame();
    const paintedMs = await new Promise<number>((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (): void => done(performance.now());
      requestAnimationFrame(() => port2.postMessage(null));
    });
    const { heard: kept } = window as unknown as {
      heard: { sent: number; messages: { at: number; data: ArrayBuffer }[] };
    };
    return {
      sent: kept.sent - startMs,
      messages: kept.messages.map(({ at, data }) => ({
        at: at - startMs,
        bytes: Array.from(new Uint8Array(data)),
      })),
      loaded: (resource?.responseEnd ?? startMs) - startMs,
      painted: paintedMs - startMs,
    };
  }, draggedMs);
  for (const { at, bytes } of heard.messages) {
    const reply = v.safeParse(replySchema, decode(Uint8Array.from(bytes)));
    if (!reply.success) continue;
    const engine = reply.output.value.milliseconds;
    return {
      begin: heard.sent,
      carry: at - heard.sent - engine,
      engine,
      thumbnail: Math.max(0, heard.loaded - at),
      paint: heard.painted - Math.max(at, heard.loaded),
      total: heard.painted,
    };
  }
  if (heard.messages.length > 0 || heard.painted === 0) throw new Error('The engine found nothing.');
  // In a window there is no socket to listen to.
  return { begin: 0, carry: 0, engine: 0, thumbnail: 0, paint: 0, total: heard.painted };
}

export const megabytesOf = (file: string): string => `${(statSync(file).size / 1e6).toFixed(1)} MB`;
