/**
 * Whether there is a newer version, asked of a release feed: only when a person says so, and only where an address is set.
 * The feed is a small JSON file, e.g. `{"version": "1.2.0", "notes": "What is new", "page": "https://…"}`. The request says
 * nothing of who asks: no cookie, no version, no query.
 */
import { readFileSync } from 'node:fs';
import { lt, valid } from 'semver';
import * as v from 'valibot';
import { SemblanceError, type UpdateCheck, type Updates } from '../contract/index.ts';
import { version } from './version.ts';

export interface UpdateOptions {
  /** Of the feed; by default SEMBLANCE_UPDATES, else `releaseFeed` of package.json. */
  address?: string;
  /** How long the whole answer may take. */
  patienceMs?: number;
}

const usualPatienceMs = 10_000;
const mostBytes = 64 * 1024;
const longestNotes = 10_000;
/** Control characters but for ends of lines, and those that change the direction of what follows. */
const unwanted = /[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const packageSchema = v.object({ releaseFeed: v.optional(v.string(), '') });
const feedSchema = v.object({
  version: v.pipe(
    v.string(),
    v.maxLength(100),
    v.check((text) => valid(text) !== null),
  ),
  notes: v.optional(v.string(), ''),
  page: v.optional(v.pipe(v.string(), v.maxLength(2000)), ''),
});

export class UpdateChecker {
  readonly #address: string;
  readonly #patienceMs: number;
  #last: UpdateCheck | null = null;

  constructor({ address = feedAddress(), patienceMs = usualPatienceMs }: UpdateOptions = {}) {
    this.#address = address;
    this.#patienceMs = patienceMs;
  }

  /** What is known; makes no request. @throws SemblanceError `invalid-arguments` where the address is none that may be asked */
  known(): Updates {
    return { version, feed: this.#feed()?.host ?? null, last: this.#last };
  }

  /**
   * @throws SemblanceError `not-available` where no address is set, `invalid-arguments` where it may not be asked,
   *   `download-failed` where nothing useful came
   */
  async check(): Promise<Updates> {
    const feed = this.#feed();
    if (!feed) {
      throw new SemblanceError(
        'not-available',
        'No address of a release feed is set, so nothing can be asked. Whoever publishes Semblance names one in SEMBLANCE_UPDATES.',
      );
    }
    const { version: offered, notes, page } = await this.#read(feed);
    this.#last = {
      checkedAtMs: Date.now(),
      version: valid(offered) ?? offered,
      isNewer: lt(version, offered),
      notes: notes.slice(0, longestNotes).toWellFormed().replace(unwanted, '').trim(),
      page: pageOf(page, feed),
    };
    return this.known();
  }

  #feed(): URL | null {
    if (this.#address === '') return null;
    const url = URL.parse(this.#address);
    if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) return url;
    throw new SemblanceError(
      'invalid-arguments',
      `The address of the release feed, ${this.#address}, does not begin with https. Correct SEMBLANCE_UPDATES.`,
    );
  }

  async #read(feed: URL): Promise<v.InferOutput<typeof feedSchema>> {
    const text = await this.#fetch(feed);
    const parsed = v.safeParse(feedSchema, jsonOf(text));
    if (parsed.success) return parsed.output;
    throw new SemblanceError(
      'download-failed',
      `${feed.host} answered something that is no release feed. Check the address.`,
    );
  }

  async #fetch(feed: URL): Promise<string> {
    try {
      const response = await fetch(feed, {
        headers: { accept: 'application/json', 'accept-language': '*', 'user-agent': 'Semblance' },
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        // Wherever it leads, nobody has agreed to ask there.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#patienceMs),
      });
      if (response.status !== 200) throw refused(feed, response.status);
      return await textOf(response, feed);
    } catch (error) {
      if (error instanceof SemblanceError) throw error;
      throw new SemblanceError(
        'download-failed',
        `${feed.host} cannot be reached, or takes too long. Check the connection, and try again.`,
        { retryable: true, cause: error },
      );
    }
  }
}

function refused({ host }: URL, status: number): SemblanceError {
  return new SemblanceError(
    'download-failed',
    status >= 300 && status < 400
      ? `${host} sends elsewhere, and that is not followed. Set the address that it leads to.`
      : `${host} answered ${status} instead of a release feed. Check the address, or try again later.`,
    { retryable: status >= 500 },
  );
}

async function textOf(response: Response, { host }: URL): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > mostBytes) {
      throw new SemblanceError(
        'download-failed',
        `${host} answered more than a release feed can be. Check the address.`,
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A feed may lead a person to its own host, and nowhere else. */
function pageOf(page: string, feed: URL): string | null {
  const url = URL.parse(page);
  const isOwn = url?.protocol === 'https:' && url.hostname === feed.hostname;
  return url && isOwn && url.username === '' && url.password === '' ? url.href : null;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** '' where none is set. */
function feedAddress(): string {
  const chosen = process.env['SEMBLANCE_UPDATES'];
  if (chosen !== undefined) return chosen.trim();
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return v.parse(packageSchema, JSON.parse(text)).releaseFeed.trim();
}
