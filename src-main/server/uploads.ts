/** Photos that a page has sent ahead of the command that they are for, in memory and for a short time. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ExtensionCodec } from '@msgpack/msgpack';
import { maxPhotoBytes, uploadExtension } from '../contract/index.ts';
import { bodyOf } from './request-body.ts';

/** All that wait, together with those that are arriving. */
const mostBytes = 2 * maxPhotoBytes;
const mostUploads = 64;
/** The command follows at once. */
const lifeMs = 60_000;

/** What becomes of a request: its status, and the upload's name or what is wrong. */
export interface UploadAnswer {
  status: 200 | 400 | 411 | 413 | 429;
  text: string;
}

export class Uploads {
  readonly #lifeMs: number;
  readonly #waiting = new Map<string, { bytes: Uint8Array; forget: NodeJS.Timeout }>();
  #bytes = 0;
  #count = 0;

  constructor(options: { lifeMs?: number } = {}) {
    this.#lifeMs = options.lifeMs ?? lifeMs;
  }

  /** Takes the body of a request. Room is set aside by the length that it says it has, and no more is read. */
  async receive(request: IncomingMessage): Promise<UploadAnswer> {
    const length = Number(request.headers['content-length'] ?? NaN);
    if (!Number.isSafeInteger(length)) return { status: 411, text: 'Length required' };
    if (length < 1 || length > maxPhotoBytes) return { status: 413, text: 'A photo has 1 byte to 256 MiB' };
    if (this.#count >= mostUploads || this.#bytes + length > mostBytes) {
      return { status: 429, text: 'Too many photos at once' };
    }
    this.#bytes += length;
    this.#count += 1;
    const bytes = await bodyOf(request, length);
    if (bytes?.length !== length) {
      this.#free(length);
      return { status: 400, text: 'The photo did not arrive whole' };
    }
    const name = randomBytes(32).toString('base64url');
    const forget = setTimeout(() => this.#take(name), this.#lifeMs).unref();
    this.#waiting.set(name, { bytes, forget });
    return { status: 200, text: name };
  }

  /** Puts uploads in place of their names; each works once. What is not there (any more) becomes undefined. */
  codec(): ExtensionCodec {
    const codec = new ExtensionCodec();
    codec.register({
      type: uploadExtension,
      encode: () => null,
      decode: (name) => this.#take(Buffer.from(name).toString()),
    });
    return codec;
  }

  #take(name: string): Uint8Array | undefined {
    const found = this.#waiting.get(name);
    if (!found) return undefined;
    this.#waiting.delete(name);
    clearTimeout(found.forget);
    this.#free(found.bytes.length);
    return found.bytes;
  }

  #free(length: number): void {
    this.#bytes -= length;
    this.#count -= 1;
  }
}
