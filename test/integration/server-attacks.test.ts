/** Attacks on the server, one a test. What it does for its own pages stands in server.test.ts. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { conventions, type Message, uploadPath } from '../../src-main/contract/index.ts';
import { acceptSockets } from '../../src-main/server/engine-socket.ts';
import { usualLimits } from '../../src-main/server/limits.ts';
import { Uploads } from '../../src-main/server/uploads.ts';
import { type RunningServer, serve } from '../../src-main/server/index.ts';
import * as client from '../fixtures/server-client.ts';

const limits = {
  ...usualLimits,
  headersMs: 300,
  checkMs: 100,
  connections: 40,
  requests: 20,
  pages: 3,
};
const usersToken = 'a token of my own choice';
let folder: string;
let server: RunningServer;
let port: number;
let cookie: string;

const ask = (path: string, headers?: Record<string, string>, method?: string): Promise<client.Answer> =>
  client.ask(port, path, headers, method);
const ownOrigin = (): string => `http://127.0.0.1:${port}`;

async function page(): Promise<WebSocket> {
  const socket = await client.connect(port, { cookie, origin: ownOrigin() });
  if (!socket) throw new Error('refused');
  return socket;
}

/** Everything that the server says to raw bytes until it closes the connection. */
function saidTo(write: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connectTo(port, '127.0.0.1', () => write(socket));
    socket.on('data', (data: Buffer) => (said += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}

const closeCode = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('close', resolve));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-attacks-'));
  for (const name of ['allowed/photos', 'allowed-not', 'secret'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'secret/model.onnx'), 'secret');
  symlinkSync(join(folder, 'secret'), join(folder, 'allowed/way-out'));
  symlinkSync(join(folder, 'secret/model.onnx'), join(folder, 'allowed/model.onnx'));
  server = await serve({
    libraryPath: join(folder, 'library'),
    port: 0,
    roots: [join(folder, 'allowed')],
    openBrowser: false,
    token: usersToken,
    limits,
  });
  port = Number(new URL(server.address()).port);
  cookie = (await client.signIn(server.address())).split(';')[0];
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('whoever has no business here', () => {
  it('is told nothing under another name that leads to this machine (DNS rebinding)', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
    ]) {
      expect((await ask('/', { cookie, host })).status, host).toBe(403);
    }
  });

  it('is told nothing from a page of another place, of no place, or of another port', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1', `https://127.0.0.1:${port}`]) {
      expect((await ask('/', { cookie, origin })).status, origin).toBe(403);
      expect(await client.connect(port, { cookie, origin }), origin).toBeNull();
    }
  });

  it('is told nothing with another cookie, or with the name of a session’s cookie in another’s value', async () => {
    const [name, value] = cookie.split('=');
    for (const wrong of [
      `${name}=`,
      `${name}=${value}x`,
      `other=${cookie}`,
      `${name}=__proto__`,
      `${name}=${'a'.repeat(9000)}`,
    ]) {
      expect((await ask('/', { cookie: wrong })).status).toBe(401);
      expect(await client.connect(port, { cookie: wrong, origin: ownOrigin() })).toBeNull();
    }
  });

  it('cannot use the printed address a second time, nor read the token in a later request', async () => {
    const { pathname, search } = new URL(server.address());
    const first = await ask(pathname + search);
    expect(first.headers).toMatchObject({
      location: '/',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect((await ask(pathname + search)).status).toBe(401);
  });

  it('guesses at a person’s own token ten times a minute, and no more', async () => {
    const [right, wrong] = [usersToken, 'a guess'].map((token) => `/?token=${encodeURIComponent(token)}`);
    expect((await ask(right)).status).toBe(303);
    const answers: number[] = [];
    while (answers.length < 20 && answers.at(-1) !== 429) answers.push((await ask(wrong)).status);
    expect(answers.length).toBeLessThanOrEqual(11);
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect((await ask(right)).status).toBe(429);
    const { pathname, search } = new URL(server.address());
    expect((await ask(pathname + search)).status).toBe(303);
  });

  it('is not let in from other machines but by a token of the person’s own, and not by a short one', async () => {
    const options = { libraryPath: join(folder, 'other'), port: 0, roots: [folder], openBrowser: false };
    await expect(serve({ ...options, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'not-available' });
    await expect(serve({ ...options, host: '0.0.0.0', token: 'short' })).rejects.toMatchObject({
      code: 'not-available',
    });
  });
});

describe('an answer', () => {
  it('says that it may neither be framed, nor guessed at, nor read by other sites, whatever it is', async () => {
    for (const path of ['/', '/nothing', '/thumbnails/1', '/?token=wrong']) {
      const { headers } = await ask(path, { cookie });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('never holds a file from outside the interface, however its path is written', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5cpackage.json',
      '/%252e%252e/package.json',
      '/index.html%00.png',
      '//etc/passwd',
      '/assets/....//....//package.json',
    ]) {
      const { status, body } = await ask(path, { cookie });
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(body).not.toMatch(/"semblance"|root:/);
    }
  });

  it('holds pictures by their numbers only', async () => {
    for (const path of [
      '/thumbnails/-1',
      '/thumbnails/1.5',
      '/thumbnails/1e3',
      '/thumbnails/a.jpg',
      '/pictures/1/0x10',
      `/thumbnails/${'9'.repeat(40)}`,
      '/thumbnails/%2fetc%2fpasswd',
    ]) {
      expect((await ask(path, { cookie })).status, path).toBe(404);
    }
  });
});

describe('whoever uses the server up', () => {
  it('is cut off where headers never end', async () => {
    const said = await saidTo((socket) =>
      socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Slow: `),
    );
    expect(said).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  it('is refused headers larger than any of ours', async () => {
    const said = await saidTo((socket) =>
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`),
    );
    expect(said).toMatch(/^HTTP\/1\.1 431/);
  });

  it('has no body read that nobody asked for, though it never ends', async () => {
    const said = await saidTo((socket) => {
      socket.write(
        `POST /control/address HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      socket.write(`10000\r\n${'a'.repeat(65536)}\r\n`);
    });
    expect(said).toMatch(/^HTTP\/1\.1 403/);
    const got = await saidTo((socket) =>
      socket.write(
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nContent-Length: 999999999\r\n\r\n`,
      ),
    );
    expect(got).toMatch(/^HTTP\/1\.1 413/);
  });

  it('is given a number of connections, and the server is there again when they end', async () => {
    const open = Array.from({ length: 60 }, () => {
      const socket = connectTo(port, '127.0.0.1');
      socket.on('error', () => undefined);
      return socket;
    });
    await expect.poll(() => open.some(({ destroyed, closed }) => destroyed || closed)).toBe(true);
    for (const socket of open) socket.destroy();
    await expect
      .poll(() =>
        ask('/', { cookie }).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('has a number of requests answered at a time, and the next ones when those end', async () => {
    const unfinished = `POST ${uploadPath} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${ownOrigin()}\r\nCookie: ${cookie}\r\nContent-Length: 9\r\n\r\n`;
    const held = Array.from({ length: limits.requests }, () => {
      const socket = connectTo(port, '127.0.0.1', () => socket.write(unfinished));
      return socket.on('error', () => undefined);
    });
    const status = (): Promise<number> => ask('/', { cookie }).then((answer) => answer.status);
    await expect.poll(status, { interval: 10, timeout: 30_000 }).toBe(503);
    for (const socket of held) socket.destroy();
    await expect.poll(status, { interval: 10, timeout: 30_000 }).toBe(200);
  });

  it('opens a number of pages', async () => {
    const pages = [await page(), await page(), await page()];
    expect(await client.connect(port, { cookie, origin: ownOrigin() })).toBeNull();
    const closed = Promise.all(pages.map(closeCode));
    for (const socket of pages) socket.terminate();
    await closed;
  });
});

describe('a page that has been taken over', () => {
  it.each([
    ['no MessagePack', Buffer.from([0xc1])],
    ['half a message', Buffer.from(encode({ id: 1, command: 'status', args: {} })).subarray(0, 12)],
    ['a list of four thousand million', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
    ['lists in lists, a million deep', Buffer.alloc(1_000_000, 0x91)],
    [
      'a million values',
      Buffer.concat([Buffer.from([0xdd, 0, 0x0f, 0x42, 0x40]), Buffer.alloc(1_000_000, 0xc0)]),
    ],
    ['a prototype', Buffer.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x80])],
    ['a request that says more', Buffer.from(encode({ id: 1, command: 'status', args: {}, more: 1 }))],
    ['a number below nothing', Buffer.from(encode({ id: -1, command: 'status', args: {} }))],
  ])('is closed on when it sends %s', async (_, message) => {
    const socket = await page();
    const closed = closeCode(socket);
    socket.send(message);
    expect(await closed).toBe(1003);
  });

  it('is closed on when it announces a message larger than any of ours', async () => {
    const socket = await page();
    const closed = closeCode(socket);
    const header = Buffer.alloc(14);
    header.set([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]);
    (socket as unknown as { _socket: Socket })._socket.write(header);
    expect(await closed).toBeGreaterThanOrEqual(1006);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a'.repeat(100)])(
    'gets nowhere with the command “%s”',
    async (name) => {
      const socket = await page();
      expect(await client.command(socket, name, {})).toMatchObject({ error: { code: 'unknown-command' } });
      socket.terminate();
    },
  );

  it('names no folder and no file outside the allowed ones, in whatever way it writes them', async () => {
    const socket = await page();
    const allowed = join(folder, 'allowed');
    const { preprocessing } = conventions.imagenet;
    const attempts: [string, object][] = [
      'addFolder',
      'relocateFolder',
      'importModel',
      'installModel',
    ].flatMap((name) =>
      [
        join(folder, 'secret'),
        `${allowed}/../secret`,
        `${allowed}/way-out`,
        `${allowed}/way-out/model.onnx`,
        `${allowed}/model.onnx`,
        `${allowed}-not`,
        allowed.toUpperCase(),
        `${allowed}/%2e%2e/secret`,
        `${allowed}/photos\0/../../secret`,
        '.',
        'secret',
        `file://${folder}/secret`,
        `//server/share`,
      ].map((path): [string, object] => [
        name,
        {
          path,
          ...(name === 'relocateFolder' && { folderId: 1 }),
          ...(name === 'installModel' && { name: 'mobilenetv3-large' }),
          ...(name === 'importModel' && { name: 'own', layout: null, preprocessing }),
        },
      ]),
    );
    for (const [name, args] of attempts) {
      const reply: Message = await client.command(socket, name, args);
      expect(reply, JSON.stringify([name, args])).toMatchObject({
        ok: false,
        error: {
          code: expect.stringMatching(/^(folder-not-allowed|no-such-folder|not-found)$/) as string,
        },
      });
    }
    expect(await client.command(socket, 'folders', {})).toMatchObject({ ok: true, value: [] });
    socket.terminate();
  });
});

describe('a page that does not read', () => {
  const host = { roots: [], opened: { subscribe: () => () => undefined }, libraryName: null };
  const engine = { state: 'ready' as const, subscribe: () => () => undefined };

  async function pageOf(
    call: () => Promise<unknown>,
    own: Partial<typeof usualLimits>,
  ): Promise<{ socket: WebSocket; close: () => void }> {
    const plain = createServer();
    const closeAll = acceptSockets(
      plain,
      { supervisor: engine, host: { ...host, call } as never, uploads: new Uploads() },
      () => true,
      {
        ...usualLimits,
        ...own,
      },
    );
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    const socket = await client.connect((plain.address() as AddressInfo).port, {});
    if (!socket) throw new Error('refused');
    const close = (): void => {
      closeAll();
      plain.close();
    };
    return { socket, close };
  }

  it('is left when more waits for it than it may leave unread', async () => {
    const megabyte = new Uint8Array(2 ** 20);
    const { socket, close } = await pageOf(() => Promise.resolve(megabyte), {
      unreadBytes: 2 ** 22,
      pending: 1000,
    });
    const raw = (socket as unknown as { _socket: Socket })._socket;
    raw.pause();
    for (let id = 0; id < 64; id += 1) socket.send(encode({ id, command: 'status', args: {} }));
    const sent = new Promise<void>((done) => raw.once('close', done));
    // What the system has taken for it can still be read; the rest never comes.
    await new Promise((wait) => setTimeout(wait, 300));
    let read = 0;
    socket.on('message', (data: Buffer) => (read += data.length));
    raw.resume();
    await sent;
    expect(read).toBeLessThan(32 * 2 ** 20);
    close();
  });

  it('is left when it no longer answers whether it is there', async () => {
    const { socket, close } = await pageOf(() => Promise.resolve(null), { lookMs: 100 });
    const raw = (socket as unknown as { _socket: Socket })._socket;
    const closed = closeCode(socket);
    raw.pause();
    await new Promise((done) => setTimeout(done, 500));
    raw.resume();
    expect(await closed).toBe(1006);
    close();
  });

  it('may have a number of commands under way', async () => {
    const { socket, close } = await pageOf(() => new Promise(() => undefined), { pending: 2 });
    for (const id of [1, 2]) socket.send(encode({ id, command: 'status', args: {} }));
    expect(await client.command(socket, 'status', {})).toMatchObject({
      error: { code: 'not-available', retryable: true },
    });
    close();
  });
});
