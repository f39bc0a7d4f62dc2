/** Under which names a server is its own: anything else in a request's Host or Origin comes from a page that is not ours. */
import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

const loopbackAddresses = ['127.0.0.1', '::1', 'localhost'];
const allAddresses = ['0.0.0.0', '::'];

/** Whether only this machine can reach a server at that address. */
export function isLoopback(host: string): boolean {
  return loopbackAddresses.includes(host);
}

/** An address as it stands before the port in `http://…`. */
function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export class OwnNames {
  readonly #host: string;
  readonly #port: number;
  readonly #further: readonly string[];

  /**
   * @param host the address that is listened at
   * @param further names that a network knows this machine by, with a port where it is not the server's, or as they are behind
   *   a proxy
   */
  constructor(host: string, port: number, further: readonly string[] = []) {
    this.#host = host;
    this.#port = port;
    this.#further = further.map((name) => name.toLowerCase());
  }

  /** For a browser on this machine. */
  get origin(): string {
    const host = allAddresses.includes(this.#host) ? '127.0.0.1' : this.#host;
    return `http://${inAddress(host)}:${this.#port}`;
  }

  /**
   * Whether a request was meant for this server and comes from its own pages: a foreign name that resolves to this
   * machine (DNS rebinding) shows in Host, a foreign page in Origin.
   */
  isOwnRequest({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const host = headers.host?.toLowerCase();
    if (host === undefined || !this.#includes(host)) return false;
    const origin = headers.origin?.toLowerCase();
    if (origin === undefined || origin === `http://${host}`) return true;
    // Before a name that was given there may be a proxy with HTTPS.
    return origin === `https://${host}` && this.#further.includes(host);
  }

  #includes(host: string): boolean {
    const own = this.#names().map((name) => `${inAddress(name)}:${this.#port}`);
    return (
      own.includes(host) || this.#further.some((name) => name === host || `${name}:${this.#port}` === host)
    );
  }

  #names(): string[] {
    if (isLoopback(this.#host)) return ['127.0.0.1', 'localhost', this.#host];
    if (!allAddresses.includes(this.#host)) return [this.#host];
    // Asked each time, because networks come and go. An address in figures cannot be rebound.
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const name = hostname().toLowerCase();
    return ['localhost', name, `${name}.local`, ...addresses.map(({ address }) => address)];
  }
}
