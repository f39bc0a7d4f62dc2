/** The contract over a WebSocket of MessagePack frames, connecting again with growing waits when it breaks. */
import { decode, encode, ExtData } from '@msgpack/msgpack';
import {
  type PageMessage,
  type Reply,
  type Request,
  SemblanceError,
  uploadExtension,
} from '../src-main/contract/index.ts';
import { holdsBlob, withoutBlobs } from './blobs.ts';
import type { ClientEvent, ClientListener, Connection, Transport } from './client.ts';

/** Wait before connecting again; doubled with each failure. */
const firstDelayMs = 250;
const longestDelayMs = 8_000;

/** The part of a WebSocket that is needed. */
export type Socket = Pick<WebSocket, 'binaryType' | 'send' | 'addEventListener'>;

export interface SocketParts {
  open(): Socket;
  /** Whether the server refuses this browser; a WebSocket does not tell why it was refused. May reject. */
  isSignedOut(): Promise<boolean>;
  /** Sends a file ahead; returns what the server calls it. Rejects where it does not arrive. */
  upload(blob: Blob): Promise<string>;
}

interface Pending {
  resolve: (reply: Reply) => void;
  reject: (error: SemblanceError) => void;
}

export class SocketTransport implements Transport {
  readonly #parts: SocketParts;
  readonly #listeners = new Set<ClientListener>();
  readonly #pending = new Map<number, Pending>();
  /** Requests made before the first connection stands. */
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #socket: Socket | null = null;
  #connection: Connection = 'connecting';
  #nextId = 1;
  #delayMs = firstDelayMs;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.#connect();
  }

  send(command: string, args: unknown): Promise<Reply> {
    if (this.#isLost) return Promise.reject(lostError());
    return holdsBlob(args) ? this.#sendFiles(command, args) : this.#request(command, args);
  }

  get #isLost(): boolean {
    return this.#connection === 'lost' || this.#connection === 'signed-out';
  }

  async #sendFiles(command: string, args: unknown): Promise<Reply> {
    const named = await withoutBlobs(args, async (blob) => {
      const name = await this.#parts.upload(blob).catch(() => Promise.reject(lostError()));
      return new ExtData(uploadExtension, new TextEncoder().encode(name));
    });
    // Meanwhile the connection may have gone.
    if (this.#isLost) throw lostError();
    return this.#request(command, named);
  }

  #request(command: string, args: unknown): Promise<Reply> {
    const id = this.#nextId++;
    // What is undefined is left out, as in Electron, and does not arrive as null.
    const frame = encode({ id, command, args } satisfies Request, { ignoreUndefined: true });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (this.#connection === 'connected') this.#socket?.send(frame);
      else this.#waiting.push(frame);
    });
  }

  subscribe(listener: ClientListener): () => void {
    this.#listeners.add(listener);
    listener({ event: 'connection', data: { state: this.#connection } });
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    const socket = this.#parts.open();
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#delayMs = firstDelayMs;
      this.#change('connected');
      for (const frame of this.#waiting) socket.send(frame);
      this.#waiting = [];
    });
    socket.addEventListener('message', ({ data }) =>
      this.#receive(decode(data as ArrayBuffer) as PageMessage),
    );
    // 'error' says nothing that 'close', which always follows, does not.
    socket.addEventListener('close', () => void this.#closed());
  }

  #receive(message: PageMessage): void {
    if ('event' in message) {
      this.#tell(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    pending?.resolve(message);
  }

  async #closed(): Promise<void> {
    this.#socket = null;
    this.#waiting = [];
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#change('lost');
    for (const { reject } of pending) reject(lostError());
    if (await this.#parts.isSignedOut().catch(() => false)) {
      this.#change('signed-out');
      return;
    }
    setTimeout(() => this.#connect(), this.#delayMs);
    this.#delayMs = Math.min(2 * this.#delayMs, longestDelayMs);
  }

  #change(state: Connection): void {
    if (state === this.#connection) return;
    this.#connection = state;
    this.#tell({ event: 'connection', data: { state } });
  }

  #tell(event: ClientEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function lostError(): SemblanceError {
  return new SemblanceError('engine-lost', 'The connection to Semblance is lost. Try again in a moment.', {
    retryable: true,
  });
}
