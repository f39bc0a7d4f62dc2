/** Who may talk to the server: tokens become sessions, and sessions live in a cookie. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LimitedAttempts } from './limited-attempts.ts';

const tokenLifeMs = 10 * 60 * 1000;
const mostTokens = 32;
/** One for each browser that signed in since the server started; the oldest goes first. */
const mostSessions = 256;

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Of equal length whatever was given, so that comparing tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export class Sessions {
  readonly #tokens = new Map<string, number>();
  readonly #sessions = new Set<string>();
  readonly #attempts = new LimitedAttempts();
  /** Per port, because browsers do not tell the ports of a host apart when they send cookies. */
  readonly #cookieName: string;
  readonly #usersToken: Buffer | null;

  /** @param usersToken one that a person chose, which works as often as it is given; null where there is none */
  constructor(port: number, usersToken: string | null = null) {
    this.#cookieName = `semblance-${port}`;
    this.#usersToken = usersToken === null ? null : digest(usersToken);
  }

  /** A token that works once, within ten minutes. */
  newToken(): string {
    const token = secret();
    this.#tokens.set(token, Date.now() + tokenLifeMs);
    while (this.#tokens.size > mostTokens) this.#tokens.delete(this.#tokens.keys().next().value ?? '');
    return token;
  }

  /**
   * Takes a token in; returns the cookie that stands for it from now on, or why there is none.
   * @param from address of who gives it: guessing at a token that a person chose is for nobody
   */
  redeem(token: string, from: string): { cookie: string } | { refused: 'wrong' | 'too-many' } {
    const expiresAtMs = this.#tokens.get(token);
    this.#tokens.delete(token);
    if (expiresAtMs === undefined || expiresAtMs < Date.now()) {
      if (this.#usersToken === null) return { refused: 'wrong' };
      if (this.#attempts.isExhausted(from)) return { refused: 'too-many' };
      if (!timingSafeEqual(digest(token), this.#usersToken)) {
        this.#attempts.failed(from);
        return { refused: 'wrong' };
      }
    }
    const session = secret();
    this.#sessions.add(session);
    while (this.#sessions.size > mostSessions) {
      this.#sessions.delete(this.#sessions.values().next().value ?? '');
    }
    return { cookie: `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict` };
  }

  isAuthorised({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const cookies = (headers.cookie ?? '').split(/;\s*/);
    const prefix = `${this.#cookieName}=`;
    return cookies.some(
      (cookie) => cookie.startsWith(prefix) && this.#sessions.has(cookie.slice(prefix.length)),
    );
  }
}
