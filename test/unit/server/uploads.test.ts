import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decode, encode, ExtData } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxPhotoBytes, uploadExtension } from '../../../src-main/contract/index.ts';
import { type UploadAnswer, Uploads } from '../../../src-main/server/uploads.ts';

let uploads: Uploads;
let server: Server;

beforeEach(async () => {
  uploads = new Uploads();
  server = createServer((incoming, response) => {
    void uploads.receive(incoming).then(({ status, text }) => response.writeHead(status).end(text));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends what is given of a body, under headers of any kind. */
function post(parts: Uint8Array[], headers: Record<string, string | number>, isAll = true) {
  const sent = request({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    method: 'POST',
    headers,
  });
  const answer = new Promise<UploadAnswer>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('end', () => resolve({ status: response.statusCode, text } as UploadAnswer));
    });
  });
  sent.flushHeaders();
  for (const part of parts) sent.write(part);
  if (isAll) sent.end();
  return { sent, answer };
}

function upload(bytes: Uint8Array): Promise<UploadAnswer> {
  return post([bytes], { 'content-length': bytes.length }).answer;
}

/** What a command's argument becomes that stands for an upload. */
function taken(name: string): unknown {
  const frame = encode({ bytes: new ExtData(uploadExtension, Buffer.from(name)) });
  return (decode(frame, { extensionCodec: uploads.codec() }) as { bytes: unknown }).bytes;
}

describe('a photo that is sent ahead', () => {
  it('stands where a command names it, once', async () => {
    const photo = Buffer.from('a photo');
    const { status, text } = await upload(photo);
    expect(status).toBe(200);
    expect(taken(text)).toEqual(photo);
    expect(taken(text)).toBeUndefined();
  });

  it('is forgotten when no command comes', async () => {
    uploads = new Uploads({ lifeMs: 20 });
    const { text } = await upload(Buffer.from('a photo'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(taken(text)).toBeUndefined();
  });

  it('has a name that cannot be guessed', async () => {
    const names = await Promise.all([1, 2].map(async () => (await upload(Buffer.from('a'))).text));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(Buffer.from(name, 'base64url')).toHaveLength(32);
    expect(taken('')).toBeUndefined();
  });
});

describe('no room is given', () => {
  it('to what does not say how long it is', async () => {
    const { answer } = post([Buffer.from('a photo')], { 'transfer-encoding': 'chunked' });
    expect((await answer).status).toBe(411);
  });

  it('to what is empty, or larger than photos may be', async () => {
    for (const length of [0, maxPhotoBytes + 1]) {
      const { sent, answer } = post([], { 'content-length': length }, length === 0);
      expect((await answer).status).toBe(413);
      sent.destroy();
    }
  });

  it('to more photos at a time than a search has, or more bytes than two of the largest', async () => {
    const large = [1, 2].map(() => post([], { 'content-length': maxPhotoBytes }, false));
    for (const { sent, answer } of large) {
      answer.catch(() => undefined);
      await new Promise((resolve) => sent.write('a', resolve));
    }
    await expect.poll(async () => (await upload(Buffer.from('one more'))).status).toBe(429);
    for (const { sent } of large) sent.destroy();
    await expect.poll(async () => (await upload(Buffer.from('one more'))).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 80 }, () => upload(Buffer.from('small'))));
    expect(many.map(({ status }) => status)).toContain(429);
    for (const { text } of many) taken(text);
    expect((await upload(Buffer.from('one more'))).status).toBe(200);
  });

  it('to what breaks off', async () => {
    const { sent, answer } = post([Buffer.from('half')], { 'content-length': 8 }, false);
    answer.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    sent.destroy();
    expect((await upload(Buffer.from('another'))).status).toBe(200);
  });
});
