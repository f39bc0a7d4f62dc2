/** Descriptors of pictures that were searched with lately: whoever moves a slider asks for the same ones again and again. */
import { createHash } from 'node:crypto';
import type { NamedPicture } from '../vision/index.ts';

/** A few queries' worth of examples. */
const mostKept = 64;

export class RecentDescriptors {
  /** The latest last. */
  readonly #kept = new Map<string, Promise<Float32Array>>();

  /** What describes a picture by its content and its parts; failures are not kept. */
  of(picture: NamedPicture, describe: () => Promise<Float32Array>): Promise<Float32Array> {
    const key = keyOf(picture);
    const descriptor = this.#kept.get(key) ?? describe();
    this.#kept.delete(key);
    this.#kept.set(key, descriptor);
    descriptor.catch(() => this.#kept.delete(key));
    for (const oldest of [...this.#kept.keys()].slice(0, -mostKept)) this.#kept.delete(oldest);
    return descriptor;
  }
}

function keyOf({ bytes, name, crop, ignored }: NamedPicture): string {
  const hash = createHash('sha256').update(bytes).digest('hex');
  // Formats that content does not tell are told by the name.
  return JSON.stringify([hash, name, crop ?? null, ignored ?? []]);
}
