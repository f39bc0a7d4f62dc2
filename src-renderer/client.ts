/** One client of the contract, over Electron's bridge or over a WebSocket. */
import { decode, encode } from '@msgpack/msgpack';
import {
  type AnyCommandAnswers,
  type AnyCommandArguments,
  type AnyCommandName,
  type ElectronBridge,
  type EngineEventListener,
  type Message,
  type Reply,
  SemblanceError,
  webSocketPath,
} from '../src-main/contract/index.ts';

declare global {
  interface Window {
    semblance?: ElectronBridge;
  }
}

export interface Client {
  /** Rejects with a `SemblanceError`. */
  call<Name extends AnyCommandName>(
    command: Name,
    args: AnyCommandArguments[Name],
  ): Promise<AnyCommandAnswers[Name]>;
  subscribe(listener: EngineEventListener): () => void;
  /** Absolute path of a dropped file or folder; '' where the host does not tell. */
  pathForFile(file: File): string;
}

export function connect(): Client {
  return window.semblance ? electronClient(window.semblance) : new SocketClient(socketAddress());
}

function electronClient(bridge: ElectronBridge): Client {
  return {
    call: async (command, args) => valueOf(await bridge.send(command, args)),
    subscribe: (listener) => bridge.subscribe(listener),
    pathForFile: (file) => bridge.pathForFile(file),
  };
}

function socketAddress(): string {
  return `ws://${location.host}${webSocketPath}`;
}

/** The contract's types tie the answer to the command; an envelope cannot. */
function valueOf(reply: Reply): never {
  if (!reply.ok) throw SemblanceError.fromReport(reply.error);
  return reply.value as never;
}

const firstDelayMs = 300;
const longestDelayMs = 5000;

interface Pending {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

export class SocketClient implements Client {
  readonly #address: string;
  readonly #listeners = new Set<EngineEventListener>();
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket;
  #nextId = 1;
  #delayMs = firstDelayMs;

  constructor(address: string) {
    this.#address = address;
    this.#socket = this.#open();
  }

  async call<Name extends AnyCommandName>(
    command: Name,
    args: AnyCommandArguments[Name],
  ): Promise<AnyCommandAnswers[Name]> {
    const id = this.#nextId++;
    const frame = encode({ id, command, args });
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
      else if (this.#socket.readyState === WebSocket.CONNECTING) {
        this.#socket.addEventListener('open', () => this.#socket.send(frame), { once: true });
      } else this.#rejectAll();
    });
    return valueOf(reply);
  }

  subscribe(listener: EngineEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pathForFile(): string {
    return '';
  }

  #open(): WebSocket {
    const socket = new WebSocket(this.#address);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => (this.#delayMs = firstDelayMs));
    socket.addEventListener('message', ({ data }) => this.#receive(decode(data as ArrayBuffer) as Message));
    socket.addEventListener('close', () => {
      this.#rejectAll();
      for (const listener of this.#listeners) listener({ event: 'engineState', data: { state: 'lost' } });
      setTimeout(() => (this.#socket = this.#open()), this.#delayMs);
      this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
    });
    return socket;
  }

  #receive(message: Message): void {
    if ('event' in message) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    this.#pending.get(message.id)?.resolve(message);
    this.#pending.delete(message.id);
  }

  #rejectAll(): void {
    const lost = new SemblanceError(
      'engine-lost',
      'The connection to Semblance is gone. If it does not come back, run: semblance open',
      { retryable: true },
    );
    for (const { reject } of this.#pending.values()) reject(lost);
    this.#pending.clear();
  }
}
