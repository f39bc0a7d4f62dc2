import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import type { Message, Request } from '../../../src-main/contract/index.ts';
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

function setUp(isSignedOut = false) {
  const line = new Line();
  const client = new Client(
    new SocketTransport({ open: () => line, isSignedOut: () => Promise.resolve(isSignedOut) }),
  );
  const heard: unknown[] = [];
  client.subscribe((event) => heard.push(event.data));
  return { line, client, heard };
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
    const { line, heard } = setUp(true);
    line.close();
    await Promise.resolve();
    await Promise.resolve();
    await expect.poll(() => heard.at(-1)).toEqual({ state: 'signed-out' });
  });
});
