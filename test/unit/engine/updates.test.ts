import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UpdateChecker, version } from '../../../src-main/engine/index.ts';

let server: Server | null = null;
let asked: IncomingMessage[] = [];

afterEach(async () => {
  const ending = server;
  server = null;
  asked = [];
  ending?.closeAllConnections();
  await new Promise((done) => (ending ? ending.close(done) : done(null)));
});

/** A release feed on this machine; returns its address. */
async function feed(answer: RequestListener): Promise<string> {
  const own = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server = own;
  await new Promise<void>((done) => own.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}/releases/latest.json?channel=stable`;
}

const saying = (content: unknown) => feed((_, response) => response.end(JSON.stringify(content)));
const checker = (address: string): UpdateChecker => new UpdateChecker({ address, patienceMs: 2000 });
const failure = (code: string, message: RegExp) => ({
  code,
  message: expect.stringMatching(message) as string,
});

describe('checking for updates', () => {
  it('tells a newer version, with its notes and its page', async () => {
    const address = await saying({
      version: '99.1.0',
      notes: 'Faster.\nAnd \u202esafer\u0007.',
      page: 'https://127.0.0.1/semblance/99.1.0',
    });
    const updates = await checker(address).check();
    expect(updates).toMatchObject({ version, feed: new URL(address).host });
    expect(updates.last).toEqual({
      checkedAtMs: expect.any(Number) as number,
      version: '99.1.0',
      isNewer: true,
      notes: 'Faster.\nAnd safer.',
      page: 'https://127.0.0.1/semblance/99.1.0',
    });
  });

  it.each([
    ['the same', version],
    ['an older one', '0.0.1'],
    ['a preview of the same', `${version}-beta.1`],
  ])('tells that nothing is newer where the feed has %s', async (_, offered) => {
    expect((await checker(await saying({ version: offered })).check()).last).toMatchObject({
      version: offered,
      isNewer: false,
      notes: '',
      page: null,
    });
  });

  it.each([
    'http://127.0.0.1/page',
    'https://elsewhere.example/page',
    'https://127.0.0.1@elsewhere.example/',
    'https://somebody:secret@127.0.0.1/page',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'no address',
  ])('offers no page that leads to %s', async (page) => {
    expect((await checker(await saying({ version: '99.0.0', page })).check()).last?.page).toBeNull();
  });

  it('asks once, by a request that says nothing of who asks', async () => {
    const address = await saying({ version });
    await checker(address).check();
    expect(asked).toHaveLength(1);
    const { method, url, headers } = asked[0];
    expect([method, url]).toEqual(['GET', '/releases/latest.json?channel=stable']);
    const usual = [
      'host',
      'connection',
      'accept',
      'accept-encoding',
      'accept-language',
      'sec-fetch-mode',
      'user-agent',
    ];
    expect(Object.keys(headers).filter((name) => !usual.includes(name))).toEqual([]);
    expect(headers).toMatchObject({ 'user-agent': 'Semblance', 'accept-language': '*' });
  });

  it('asks nobody before it is told to, however often it is looked at', async () => {
    const updates = checker(await saying({ version }));
    for (let i = 0; i < 3; i++) expect(updates.known().last).toBeNull();
    expect(asked).toEqual([]);
  });

  it('keeps the cookies of nobody', async () => {
    const address = await feed((_, response) =>
      response.setHeader('set-cookie', 'who=you').end(JSON.stringify({ version })),
    );
    const updates = checker(address);
    await updates.check();
    await updates.check();
    expect(asked[1].headers.cookie).toBeUndefined();
  });

  it('says plainly that no address is set', async () => {
    const updates = checker('');
    expect(updates.known()).toEqual({ version, feed: null, last: null });
    await expect(updates.check()).rejects.toMatchObject(
      failure('not-available', /No address of a release feed/),
    );
  });

  it.each([
    'http://example.com/feed.json',
    'ftp://127.0.0.1/feed',
    'file:///feed.json',
    'feed',
    'http://localhost.example/',
  ])('does not ask %s', async (address) => {
    await expect(checker(address).check()).rejects.toMatchObject(failure('invalid-arguments', /https/));
  });

  it.each([
    ['no JSON', 'hello'],
    ['another JSON', '[1, 2]'],
    ['no version', '{"notes": "none"}'],
    ['a version that is none', '{"version": "newest"}'],
    ['a version of another kind', '{"version": 12}'],
    ['nothing', ''],
  ])('says that %s is no release feed', async (_, text) => {
    const address = await feed((__, response) => response.end(text));
    await expect(checker(address).check()).rejects.toMatchObject(
      failure('download-failed', /no release feed/),
    );
  });

  it('reads no more than a feed can be', async () => {
    let sent = 0;
    const address = await feed((_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 1e9) {
          sent += 65536;
          if (!response.write(Buffer.alloc(65536, 32))) break;
        }
      };
      response.on('drain', more);
      more();
    });
    await expect(checker(address).check()).rejects.toMatchObject(failure('download-failed', /more than/));
    expect(sent).toBeLessThan(50e6);
  });

  it.each([
    ['answers nothing', (): void => undefined],
    [
      'answers drop by drop',
      (_: IncomingMessage, response: Parameters<RequestListener>[1]): void => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('waits only so long for a server that %s', async (_, answer) => {
    const address = await feed(answer);
    await expect(new UpdateChecker({ address, patienceMs: 300 }).check()).rejects.toMatchObject(
      failure('download-failed', /takes too long/),
    );
  });

  it('follows nobody elsewhere', async () => {
    const address = await feed((request, response) => {
      if (request.url === '/elsewhere') response.end(JSON.stringify({ version: '99.0.0' }));
      else response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(checker(address).check()).rejects.toMatchObject(
      failure('download-failed', /sends elsewhere/),
    );
    expect(asked).toHaveLength(1);
  });

  it('says what the server answered instead', async () => {
    const address = await feed((_, response) => response.writeHead(503).end());
    await expect(checker(address).check()).rejects.toMatchObject({
      ...failure('download-failed', /answered 503/),
      retryable: true,
    });
  });

  it('says that nobody can be reached, and keeps what was known', async () => {
    const address = await saying({ version: '99.0.0' });
    const updates = checker(address);
    await updates.check();
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
    server = null;
    await expect(updates.check()).rejects.toMatchObject(failure('download-failed', /cannot be reached/));
    expect(updates.known().last?.version).toBe('99.0.0');
  });
});
