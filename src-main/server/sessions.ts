/** Who may talk to the server: one-time tokens become sessions, and sessions live in a cookie. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const tokenLifeMs = 10 * 60 * 1000;
const mostTokens = 32;

function secret(): string {
  return randomBytes(32).toString('base64url');
}

export class Sessions {
  readonly #tokens = new Map<string, number>();
  readonly #sessions = new Set<string>();
  /** Per port, because browsers do not tell the ports of a host apart when they send cookies. */
  readonly #cookieName: string;

  constructor(port: number) {
    this.#cookieName = `semblance-${port}`;
  }

  /** A token that works once, within ten minutes. */
  newToken(): string {
    const token = secret();
    this.#tokens.set(token, Date.now() + tokenLifeMs);
    while (this.#tokens.size > mostTokens) this.#tokens.delete(this.#tokens.keys().next().value ?? '');
    return token;
  }

  /** Takes a token in; returns the cookie that stands for it from now on, or null. */
  redeem(token: string): string | null {
    const expiresAtMs = this.#tokens.get(token);
    this.#tokens.delete(token);
    if (expiresAtMs === undefined || expiresAtMs < Date.now()) return null;
    const session = secret();
    this.#sessions.add(session);
    return `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isAuthorised(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(/;\s*/);
    const prefix = `${this.#cookieName}=`;
    return cookies.some(
      (cookie) => cookie.startsWith(prefix) && this.#sessions.has(cookie.slice(prefix.length)),
    );
  }
}

/**
 * Whether a request was meant for this server and comes from its own pages: a foreign name that resolves to this
 * machine (DNS rebinding) shows in Host, a foreign page in Origin.
 */
export function isOwnRequest(request: IncomingMessage, port: number): boolean {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !own.includes(host)) return false;
  return origin === undefined || own.some((name) => origin === `http://${name}`);
}
