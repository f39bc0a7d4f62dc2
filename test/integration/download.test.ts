import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, type DownloadOptions } from '../../src-main/vision/download.ts';

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) % 256));
const sha256 = createHash('sha256').update(content).digest('hex');
const quick: DownloadOptions = { stallMs: 300, pauseMs: 5 };

let folder: string;
let server: Server;
let to: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'semblance-download-'));
  to = path.join(folder, 'models/model.onnx');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
}

/** Answers as servers do that can go on: a cut after so many bytes each time. */
function cutting(after: number, etag = '"one"'): { answer: RequestListener; ranges: (string | undefined)[] } {
  const ranges: (string | undefined)[] = [];
  const answer: RequestListener = ({ headers }, response) => {
    ranges.push(headers.range);
    const start = headers['if-range'] === etag ? Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-length': content.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    const piece = content.subarray(start, start + after);
    // Cut once what was written has arrived.
    const cut = (): void => void setTimeout(() => response.destroy(), 50);
    response.write(piece, () => (start + after < content.length ? cut() : response.end()));
  };
  return { answer, ranges };
}

describe('a download', () => {
  it('comes whole, says how far it is, and leaves nothing beside the file', async () => {
    const address = await serve((_, response) => response.end(content));
    const progress: number[] = [];
    await download(address, to, { ...quick, sha256, onProgress: (done) => progress.push(done) });
    expect(readFileSync(to)).toEqual(content);
    expect(progress.at(-1)).toBe(content.length);
    expect(existsSync(`${to}.part`)).toBe(false);
    expect(existsSync(`${to}.part-version`)).toBe(false);
  });

  it('goes on where it was cut off, as often as it takes', async () => {
    const { answer, ranges } = cutting(70_000);
    await download(await serve(answer), to, { ...quick, sha256 });
    expect(readFileSync(to)).toEqual(content);
    // A cut may come before the first byte has arrived; then there is nothing to go on from.
    const starts = ranges.flatMap((range) => (range ? [Number(/\d+/.exec(range)?.[0])] : []));
    expect(starts.length).toBeGreaterThan(1);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.at(-1)).toBeGreaterThan(content.length / 2);
  });

  it('goes on after the program ended, unless the file has become another', async () => {
    const stop = new AbortController();
    const { answer } = cutting(100_000);
    const address = await serve(answer);
    const stopped = download(address, to, {
      ...quick,
      signal: stop.signal,
      onProgress: (done) => done >= 50_000 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const kept = readFileSync(`${to}.part`).length;
    expect(kept).toBeGreaterThan(0);
    server.closeAllConnections();
    server.close();
    // The part that is kept belongs to version one; the server has version two.
    const second = cutting(content.length, '"two"');
    await download(await serve(second.answer), to, { ...quick, sha256 });
    expect(second.ranges).toEqual([`bytes=${kept}-`]);
    expect(readFileSync(to)).toEqual(content);
  });

  it('that came whole before is not fetched again', async () => {
    let requests = 0;
    const address = await serve((_, response) => {
      requests += 1;
      response.end(content);
    });
    await download(address, to, { ...quick, sha256 });
    await download(address, to, { ...quick, sha256 });
    expect(requests).toBe(1);
    writeFileSync(to, 'Something else.');
    await download(address, to, { ...quick, sha256 });
    expect(readFileSync(to)).toEqual(content);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says so where the disk is full (skipped without /dev/full)',
    async () => {
      const address = await serve((_, response) => response.end(content));
      mkdirSync(path.dirname(to));
      symlinkSync('/dev/full', `${to}.part`);
      await expect(download(address, to, { ...quick, sha256 })).rejects.toMatchObject({ code: 'disk-full' });
    },
  );

  it('starts anew where the server cannot go on', async () => {
    let attempts = 0;
    const address = await serve((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      if (++attempts > 1) response.end(content);
      else response.write(content.subarray(0, 1000), () => response.destroy());
    });
    await download(address, to, { ...quick, sha256 });
    expect(readFileSync(to)).toEqual(content);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['other bytes', (_, response) => response.end(Buffer.alloc(content.length)), /sha256 differs/],
    ['nothing there', (_, response) => response.writeHead(404).end(), /answered 404: there is no such file/],
    ['a busy server', (_, response) => response.writeHead(503).end(), /answered 503/],
    ['silence', () => undefined, /cannot be reached, or breaks off/],
    [
      'silence in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 10));
      },
      /cannot be reached, or breaks off/,
    ],
    [
      'less than it announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length + 10 });
        response.write(content, () => response.destroy());
      },
      /cannot be reached, or breaks off/,
    ],
    [
      'a length that no model has',
      (_, response) => {
        response.writeHead(200, { 'content-length': 2 ** 40 });
        response.write(content);
      },
      /More comes than a model can have/,
    ],
  ])('that meets %s fails in words, and no file is there', async (_, answer, why) => {
    const address = await serve(answer);
    await expect(download(address, to, { ...quick, sha256 })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(why) as string,
    });
    expect(existsSync(to)).toBe(false);
  });

  it('says so where nobody listens, and what is no web address', async () => {
    const address = await serve(() => undefined);
    server.close();
    await expect(download(address, to, quick)).rejects.toThrow('cannot be reached');
    await expect(download('file:///etc/passwd', to, quick)).rejects.toThrow('no web address');
  });
});
