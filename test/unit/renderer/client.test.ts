import { decode, encode, ExtData } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { type Message, type Request, uploadExtension } from '../../../src-main/contract/index.ts';
import { bytesOf, holdsBlob, withoutBlobs } from '../../../src-renderer/blobs.ts';
import { Client } from '../../../src-renderer/client.ts';
import { type Socket, SocketTransport } from '../../../src-renderer/socket-transport.ts';

/** A server's end of the connection, in the test's hand. */
class Line extends EventTarget implements Socket {
  binaryType: BinaryType = 'blob';
  readonly sent: Request[] = [];

  send(frame: Parameters<Socket['send']>[0]): void {
    this.sent.push(decode(frame as Uint8Array) as Request);
  }

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }

  receive(message: Message): void {
    this.dispatchEvent(new MessageEvent('message', { data: encode(message).slice().buffer }));
  }
}

function setUp({ isSignedOut = false, arrives = true } = {}) {
  const line = new Line();
  const uploaded: Blob[] = [];
  const client = new Client(
    new SocketTransport({
      open: () => line,
      isSignedOut: () => Promise.resolve(isSignedOut),
      upload(blob) {
        uploaded.push(blob);
        return arrives ? Promise.resolve(`upload ${uploaded.length}`) : Promise.reject(new TypeError('gone'));
      },
    }),
  );
  const heard: unknown[] = [];
  client.subscribe((event) => heard.push(event.data));
  return { line, client, heard, uploaded };
}

describe('the client over a WebSocket', () => {
  it('holds calls until the connection stands, then gives each its own answer', async () => {
    const { line, client } = setUp();
    const folders = client.call('folders', {});
    const jobs = client.call('jobs', {});
    expect(line.sent).toEqual([]);
    line.open();
    const [first, second] = line.sent;
    line.receive({ id: second.id, ok: true, value: [] });
    line.receive({
      id: first.id,
      ok: false,
      error: { code: 'no-library', message: 'There is none.', retryable: false },
    });
    await expect(jobs).resolves.toEqual([]);
    await expect(folders).rejects.toMatchObject({ code: 'no-library' });
  });

  it('ends every call that is waiting when the connection breaks', async () => {
    const { line, client } = setUp();
    line.open();
    const call = client.call('status', {});
    line.close();
    await expect(call).rejects.toMatchObject({ code: 'engine-lost', retryable: true });
    await expect(client.call('status', {})).rejects.toMatchObject({ code: 'engine-lost' });
  });

  it('says that the session is over, and stops trying, when the server refuses it', async () => {
    const { line, heard } = setUp({ isSignedOut: true });
    line.close();
    await Promise.resolve();
    await Promise.resolve();
    await expect.poll(() => heard.at(-1)).toEqual({ state: 'signed-out' });
  });
});

describe('a file among the arguments', () => {
  const file = new Blob(['a photo']);
  const search = {
    examples: [
      { kind: 'photo', photoId: 3 },
      { kind: 'bytes', name: 'beach.jpg', bytes: file },
    ] satisfies object[],
  };

  it('is sent ahead over a WebSocket, and named in the frame', async () => {
    const { line, client, uploaded } = setUp();
    line.open();
    const answer = client.call('search', search as never);
    await expect.poll(() => line.sent.length).toBe(1);
    expect(uploaded).toEqual([file]);
    expect(line.sent[0].args).toEqual({
      examples: [
        { kind: 'photo', photoId: 3 },
        {
          kind: 'bytes',
          name: 'beach.jpg',
          bytes: new ExtData(uploadExtension, new TextEncoder().encode('upload 1')),
        },
      ],
    });
    line.close();
    await expect(answer).rejects.toMatchObject({ code: 'engine-lost' });
  });

  it('that does not arrive ends the call as a lost connection does', async () => {
    const { line, client } = setUp({ arrives: false });
    line.open();
    await expect(client.call('search', search as never)).rejects.toMatchObject({ code: 'engine-lost' });
    expect(line.sent).toEqual([]);
  });

  it('is read where nothing else can be done', async () => {
    const read = (await withoutBlobs(search, bytesOf)) as typeof search;
    expect(read.examples[1]).toMatchObject({ bytes: new TextEncoder().encode('a photo') });
    expect(search.examples[1].bytes).toBe(file);
  });

  it('leaves all else as it is', async () => {
    const without = { list: [1, null, 'text'], bytes: Uint8Array.of(1), nothing: undefined };
    expect(holdsBlob(without)).toBe(false);
    expect(await withoutBlobs(without, bytesOf)).toBe(without);
  });
});
