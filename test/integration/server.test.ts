import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, ExtData } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { type Message, uploadExtension } from '../../src-main/contract/index.ts';
import { requestAddress, type RunningServer, serve } from '../../src-main/server/index.ts';
import * as client from '../fixtures/server-client.ts';

let folder: string;
let library: string;
let server: RunningServer;
let port: number;
let cookie: string;

const ask = (
  path: string,
  headers?: Record<string, string>,
  method?: string,
  content?: Uint8Array,
): Promise<client.Answer> => client.ask(port, path, headers, method, content);
const connect = (headers: Record<string, string>): Promise<WebSocket | null> => client.connect(port, headers);
const { command, signIn } = client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-server-'));
  library = join(folder, 'library');
  mkdirSync(join(folder, 'allowed', 'photos'), { recursive: true });
  mkdirSync(join(folder, 'secret'));
  symlinkSync(join(folder, 'secret'), join(folder, 'allowed', 'way-out'));
  server = await serve({
    libraryPath: library,
    port: 0,
    roots: [join(folder, 'allowed')],
    openBrowser: false,
  });
  port = Number(new URL(server.address()).port);
  cookie = (await signIn(server.address())).split(';')[0];
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the printed address', () => {
  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    expect(await signIn(server.address())).toMatch(/; HttpOnly; SameSite=Strict$/);
  });

  it('works once', async () => {
    const { pathname, search } = new URL(server.address());
    expect((await ask(pathname + search)).status).toBe(303);
    expect((await ask(pathname + search)).status).toBe(401);
  });

  it('is given anew to who can read the library', async () => {
    expect(statSync(join(library, 'server.json')).mode & 0o077).toBe(0);
    await signIn(await requestAddress(library));
  });

  it('is not given without the secret', async () => {
    expect((await ask('/control/address', {}, 'POST')).status).toBe(403);
    expect((await ask('/control/address', { 'x-semblance-control': 'guess' }, 'POST')).status).toBe(403);
  });
});

describe('what is opened from outside', () => {
  it('is handed to the page once, for whoever can read the library', async () => {
    const photo = join(folder, 'secret', 'beach.jpg');
    writeFileSync(photo, 'a photo');
    const socket = await connect({ cookie, origin: `http://127.0.0.1:${port}` });
    if (!socket) throw new Error('refused');
    const told = new Promise((resolve) =>
      socket.on('message', (data: Buffer) => {
        const message = decode(data) as Message;
        if ('event' in message && (message.event as string) === 'opened') resolve(message);
      }),
    );
    await requestAddress(library, [photo]);
    await told;
    const take = (): Promise<Message> => command(socket, 'takeOpened', {});
    expect(await take()).toMatchObject({
      ok: true,
      value: { opened: { kind: 'photo', name: 'beach.jpg', isFirst: true } },
    });
    expect(await take()).toMatchObject({ ok: true, value: { opened: null } });
    // A page names no paths.
    expect(await command(socket, 'takeOpened', { path: photo })).toMatchObject({
      ok: false,
      error: { code: 'invalid-arguments' },
    });
    for (const [name, args] of [
      ['dragPhotos', { photoIds: [1] }],
      ['choosePhotos', {}],
      ['setTheme', { theme: 'dark' }],
      ['chooseExport', {}],
      ['exportLibrary', { path: join(folder, 'x.zip'), thumbnails: true, replace: true }],
      ['inspectExport', { path: join(folder, 'x.zip'), roots: [] }],
      ['importLibrary', { path: join(folder, 'x.zip'), roots: [], dryRun: false }],
    ] as const) {
      expect(await command(socket, name, args)).toMatchObject({
        ok: false,
        error: { code: 'not-available' },
      });
    }
    socket.close();
  });

  it('is refused in any other form, and longer than a list of paths is', async () => {
    const { secret } = JSON.parse(readFileSync(join(library, 'server.json'), 'utf8')) as { secret: string };
    const ask = (body: string): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/control/address`, {
        method: 'POST',
        headers: { 'x-semblance-control': secret },
        body,
      }).then(({ status }) => status);
    expect(await ask('{"open":["/nowhere.jpg"],"more":1}')).toBe(400);
    expect(await ask('not JSON')).toBe(400);
    expect(await ask(JSON.stringify({ open: ['/'.repeat(2 ** 20)] }))).toBe(400);
  });
});

describe('a request', () => {
  it('without a session gets nothing', async () => {
    expect((await ask('/')).status).toBe(401);
    expect((await ask('/thumbnails/1')).status).toBe(401);
    expect((await ask('/pictures/1/2048')).status).toBe(401);
    expect((await ask('/', { cookie: `semblance-${port}=guess` })).status).toBe(401);
  });

  it('under a foreign name is refused, session or not', async () => {
    expect((await ask('/', { cookie, host: `evil.example:${port}` })).status).toBe(403);
  });

  it('from a foreign page is refused, session or not', async () => {
    expect((await ask('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  });

  it('cannot leave the folder of the interface', async () => {
    for (const path of ['/../../package.json', '/..%2f..%2fpackage.json', '/thumbnails/..%2f1']) {
      const { status, body } = await ask(path, { cookie });
      expect(status).toBe(404);
      expect(body).not.toContain('semblance"');
    }
  });

  it('for the picture of a photo that is not there, or larger than pictures are, finds nothing', async () => {
    for (const path of ['/thumbnails/1', '/pictures/1/2048', '/pictures/1/4097', '/pictures/0/100']) {
      expect((await ask(path, { cookie })).status).toBe(404);
    }
  });

  it('whose target is no address does not stop the server', async () => {
    expect((await ask('//', { cookie })).status).toBe(400);
    expect((await ask('/%zz', { cookie })).status).toBe(404);
    expect((await ask('/', { cookie })).status).toBe(200);
  });

  it('is answered with a policy that allows no inline code', async () => {
    const { headers } = await ask('/', { cookie });
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });
});

describe('the WebSocket', () => {
  const own = (): Record<string, string> => ({ cookie, origin: `http://127.0.0.1:${port}` });

  it('is refused without a session, from a foreign page, and from no page', async () => {
    expect(await connect({ origin: `http://127.0.0.1:${port}` })).toBeNull();
    expect(await connect({ cookie, origin: 'http://evil.example' })).toBeNull();
    expect(await connect({ cookie })).toBeNull();
  });

  it('is closed on who does not speak the contract', async () => {
    const socket = await connect(own());
    const closed = new Promise<number>((resolve) => socket?.on('close', resolve));
    socket?.send('{"id":1}');
    expect(await closed).toBe(1003);
  });

  it('answers commands, and refuses wrong arguments', async () => {
    const socket = (await connect(own()))!;
    expect(await command(socket, 'folders', {})).toMatchObject({ ok: true, value: [] });
    expect(await command(socket, 'photo', { photoId: 'x' })).toMatchObject({
      error: { code: 'invalid-arguments' },
    });
    expect(await command(socket, '__proto__', {})).toMatchObject({ error: { code: 'unknown-command' } });
    socket.terminate();
  });

  it('adds folders under the allowed roots only, whatever links say', async () => {
    const socket = (await connect(own()))!;
    const add = (path: string): Promise<Message> => command(socket, 'addFolder', { path });
    for (const path of [
      join(folder, 'secret'),
      '/',
      join(folder, 'allowed', '..', 'secret'),
      join(folder, 'allowed/way-out'),
    ]) {
      expect(await add(path)).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/not-allowed|no-such/) as string },
      });
    }
    expect(await add(join(folder, 'allowed', 'none'))).toMatchObject({ error: { code: 'no-such-folder' } });
    expect(await add(join(folder, 'allowed', 'photos'))).toMatchObject({ ok: true });
    socket.terminate();
  });

  it('installs models from files under the allowed roots only, and from no address that a page gives', async () => {
    const socket = (await connect(own()))!;
    const install = (more: object): Promise<Message> =>
      command(socket, 'installModel', { name: 'mobilenetv3-large', ...more });
    for (const path of [join(folder, 'secret/model.onnx'), '/etc/passwd', 'model.onnx']) {
      expect(await install({ path })).toMatchObject({ error: { code: 'folder-not-allowed' } });
    }
    expect(await install({ path: join(folder, 'allowed/none.onnx') })).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(await install({ address: 'http://127.0.0.1/model.onnx' })).toMatchObject({
      error: { code: 'invalid-arguments', message: expect.stringContaining('address') as string },
    });
    socket.terminate();
  });

  it('survives the death of the engine: says so, and answers again', async () => {
    const socket = (await connect(own()))!;
    await command(socket, 'status', {});
    const states: string[] = [];
    const ready = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const message = decode(data) as Message;
        if (!('event' in message) || message.event !== 'engineState') return;
        states.push(message.data.state);
        if (message.data.state === 'ready') resolve();
      });
    });
    process.kill(server.engineProcessId() ?? 0, 'SIGKILL');
    await ready;
    expect(states).toEqual(['lost', 'ready']);
    expect(await command(socket, 'status', {})).toMatchObject({ ok: true });
    socket.terminate();
  });
});

describe('a photo that a page sends', () => {
  const content = Buffer.from('no photo at all');
  const upload = (headers: Record<string, string>): Promise<client.Answer> =>
    ask('/uploads', { 'content-length': String(content.length), ...headers }, 'POST', content);
  const own = () => ({ cookie, origin: `http://127.0.0.1:${port}` });

  it('is taken from our own page alone', async () => {
    expect((await upload({})).status).toBe(401);
    expect((await upload({ cookie })).status).toBe(401);
    expect((await upload({ origin: own().origin })).status).toBe(401);
    expect((await upload({ ...own(), origin: 'http://example.com' })).status).toBe(403);
    expect((await upload(own())).status).toBe(200);
  });

  it('stands in the command that names it, once', async () => {
    const { body } = await upload(own());
    const socket = (await connect(own()))!;
    const search = (): Promise<Message> =>
      command(socket, 'search', {
        examples: [{ kind: 'bytes', name: 'a.jpg', bytes: new ExtData(uploadExtension, Buffer.from(body)) }],
        top: 1,
      });
    expect(await search()).toMatchObject({ error: { code: 'empty-library' } });
    expect(await search()).toMatchObject({ error: { code: 'invalid-arguments' } });
    socket.terminate();
  });
});

describe('a second server for the same library', () => {
  it('names the address of the first instead of starting', async () => {
    const second = serve({ libraryPath: library, port: 0, roots: [folder], openBrowser: false });
    await expect(second).rejects.toMatchObject({
      code: 'library-in-use',
      message: expect.stringContaining(`http://127.0.0.1:${port}/?token=`) as string,
    });
  });
});

describe('closing', () => {
  it('leaves no way in behind', async () => {
    const other = join(folder, 'other');
    const second = await serve({ libraryPath: other, port: 0, roots: [folder], openBrowser: false });
    expect(readFileSync(join(other, 'server.json'), 'utf8')).toContain('secret');
    await second.close();
    await expect(requestAddress(other)).rejects.toMatchObject({ code: 'not-available' });
  });
});
