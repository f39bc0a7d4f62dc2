/** The one client of the contract: typed calls and events, over Electron's bridge or a WebSocket, in the page's language. */
import {
  type AnyCommandAnswers,
  type AnyCommandArguments,
  type AnyCommandName,
  type ElectronBridge,
  type PageEvent,
  type Reply,
  SemblanceError,
  uploadPath,
  webSocketPath,
} from '../src-main/contract/index.ts';
import { bytesOf, type Given, withoutBlobs } from './blobs.ts';
import { inLanguage } from './engine-words.ts';
import { SocketTransport } from './socket-transport.ts';

declare global {
  interface Window {
    /** Only in Electron. */
    semblance?: ElectronBridge;
  }
}

/** How the page reaches the host: a browser may lose the server, or the permission to talk to it. */
export type Connection = 'connecting' | 'connected' | 'lost' | 'signed-out';

export type ClientEvent = PageEvent | { event: 'connection'; data: { state: Connection } };
export type ClientListener = (event: ClientEvent) => void;

export interface Transport {
  /** Rejects with `engine-lost` when no answer can come any more. */
  send(command: string, args: unknown): Promise<Reply>;
  /** Returns a function that ends the subscription. */
  subscribe(listener: ClientListener): () => void;
}

export class Client {
  readonly #transport: Transport;
  /** Absolute path of a dropped file or folder; '' where the host does not tell. */
  readonly pathForFile: (file: File) => string;

  constructor(transport: Transport, pathForFile: (file: File) => string = () => '') {
    this.#transport = transport;
    this.pathForFile = pathForFile;
  }

  /** Sends an engine or host command, whose bytes may be files. Rejects with a `SemblanceError`. */
  async call<Name extends AnyCommandName>(
    command: Name,
    args: Given<AnyCommandArguments[Name]>,
  ): Promise<AnyCommandAnswers[Name]> {
    const reply = await this.#transport.send(command, args);
    if (!reply.ok) throw SemblanceError.fromReport(inLanguage(reply.error));
    return inLanguage(reply.value) as AnyCommandAnswers[Name];
  }

  subscribe(listener: ClientListener): () => void {
    return this.#transport.subscribe((event) => listener(inLanguage(event)));
  }
}

function bridgeTransport(bridge: ElectronBridge): Transport {
  return {
    // Electron copies bytes between processes in a few milliseconds, and passes no files.
    send: async (command, args) => bridge.send(command, await withoutBlobs(args, bytesOf)),
    subscribe(listener) {
      const end = bridge.subscribe(listener);
      listener({ event: 'connection', data: { state: 'connected' } });
      return end;
    },
  };
}

/** The client of the host that this page runs in. */
export function createClient(): Client {
  const { semblance } = window;
  if (semblance) return new Client(bridgeTransport(semblance), (file) => semblance.pathForFile(file));
  const address = new URL(webSocketPath, window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Client(
    new SocketTransport({
      open: () => new WebSocket(address),
      isSignedOut: async () => (await fetch('/', { cache: 'no-store' })).status === 401,
      upload,
    }),
  );
}

async function upload(blob: Blob): Promise<string> {
  const response = await fetch(uploadPath, { method: 'POST', body: blob });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
