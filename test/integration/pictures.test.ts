import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommand, pictureAddress, pictureAt, thumbnailAddress } from '../../src-main/contract/index.ts';
import { smallLibrary, type SmallLibrary } from '../fixtures/small-library.ts';

let library: SmallLibrary;
let photos: string;

beforeAll(async () => {
  library = await smallLibrary(4, 64, { knownDevice: true });
  photos = path.join(library.root, 'photos');
  mkdirSync(photos);
  const noise = (width: number, height: number): Sharp =>
    sharp({
      create: {
        width,
        height,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    });
  await noise(600, 400).jpeg().toFile(path.join(photos, 'wide.jpg'));
  await noise(600, 300).jpeg().withMetadata({ orientation: 6 }).toFile(path.join(photos, 'turned.jpg'));
  await sharp({ create: { width: 50, height: 50, channels: 4, background: '#00000000' } })
    .png()
    .toFile(path.join(photos, 'clear.png'));
  await noise(100, 100).jpeg().toFile(path.join(photos, 'changing.jpg'));
  await noise(120, 100).jpeg().toFile(path.join(photos, 'going.jpg'));
  await library.engine.call('addFolder', { path: photos });
  await library.engine.call('startIndexing', {});
  await library.engine.jobs.idle();
}, 180_000);

afterAll(() => library.close());

async function idOf(name: string): Promise<number> {
  const { photos: all } = await library.engine.call('photos', { offset: 0, limit: 100, order: 'path' });
  return all.find((photo) => photo.name === name)?.id ?? 0;
}

async function pictureOf(name: string, longestSide: number): Promise<Uint8Array> {
  const answer = await library.engine.call('picture', { photoId: await idOf(name), longestSide });
  expect(answer.mediaType).toBe('image/jpeg');
  return answer.bytes;
}

describe('a picture to look at', () => {
  it('has as many pixels as were asked for, and never more than the photo', async () => {
    expect(await sharp(await pictureOf('wide.jpg', 300)).metadata()).toMatchObject({
      width: 300,
      height: 200,
    });
    expect(await sharp(await pictureOf('wide.jpg', 4096)).metadata()).toMatchObject({
      width: 600,
      height: 400,
    });
  });

  it('stands upright', async () => {
    const metadata = await sharp(await pictureOf('turned.jpg', 200)).metadata();
    expect(metadata).toMatchObject({ width: 100, height: 200 });
    expect(metadata.orientation).toBeUndefined();
  });

  it('is white where the photo is transparent, as its thumbnail is', async () => {
    const { data } = await sharp(await pictureOf('clear.png', 50))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.min(...data)).toBeGreaterThan(250);
  });

  it('is remembered for as long as a person goes back and forth', async () => {
    const [one, again] = [await pictureOf('wide.jpg', 320), await pictureOf('wide.jpg', 320)];
    expect(again).toBe(one);
  });

  it('is refused for a photo that is not there, and above the largest size', async () => {
    await expect(library.engine.call('picture', { photoId: 999, longestSide: 100 })).rejects.toMatchObject({
      code: 'not-found',
    });
    for (const longestSide of [0, 4097, 10.5]) {
      expect(() => parseCommand('picture', { photoId: 1, longestSide })).toThrow('longestSide');
    }
  });

  it('is never that of a file that has changed since it was indexed, nor of one that is gone', async () => {
    appendFileSync(path.join(photos, 'changing.jpg'), 'more');
    await expect(pictureOf('changing.jpg', 50)).rejects.toMatchObject({ code: 'changed-while-reading' });
    rmSync(path.join(photos, 'going.jpg'));
    await expect(pictureOf('going.jpg', 50)).rejects.toMatchObject({ code: 'unreadable' });
    writeFileSync(path.join(photos, 'going.jpg'), 'something else');
    await expect(pictureOf('going.jpg', 50)).rejects.toMatchObject({ code: 'changed-while-reading' });
  });

  it('has an address by the photo’s number, which leads to it and nowhere else', async () => {
    const { call } = library.engine;
    const photoId = await idOf('wide.jpg');
    const at = await pictureAt(pictureAddress(photoId, 100), call);
    expect((await sharp(at?.bytes).metadata()).width).toBe(100);
    expect((await pictureAt(thumbnailAddress(photoId), call))?.mediaType).toBe('image/jpeg');
    for (const address of ['/', '/pictures/1', '/pictures/a/100', '/pictures/1/100/x', '/pictures/-1/100']) {
      expect(pictureAt(address, call)).toBeNull();
    }
  });
});
