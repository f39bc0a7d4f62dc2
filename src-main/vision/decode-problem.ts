/** Why a photo cannot be decoded, in a code and in words. */
import { SemblanceError } from '../contract/index.ts';
import { type DecodeLimits, tooSlow } from './decode-limits.ts';
import { boxesOf } from './iso-boxes.ts';
import { headLength } from './jpeg-segments.ts';
import { isUnreadableTiff } from './unreadable-tiff.ts';

const isoFormats = new Set(['avif', 'heic', 'cr3']);

/** The reason why a photo could not be decoded, from what its decoder has thrown. */
export function decodeProblem(
  thrown: unknown,
  bytes: Uint8Array,
  format: string,
  { timeoutMs }: DecodeLimits,
): SemblanceError {
  if (thrown instanceof SemblanceError) return thrown;
  const detail = thrown instanceof Error ? thrown.message.trim().split('\n')[0] : String(thrown);
  if (/^timeout: /.test(detail)) return tooSlow(timeoutMs, thrown);
  if (/truncat|premature|unexpected end|end of data/i.test(detail) || endIsMissing(bytes, format)) {
    return new SemblanceError('truncated', `The end of the file is missing (${detail}). Copy it again.`, {
      cause: thrown,
    });
  }
  if (/not supported|unsupported|not configured/i.test(detail) || isUnreadableTiff(bytes, format)) {
    return new SemblanceError(
      'unsupported-format',
      `This kind of ${format} cannot be read (${detail}). Convert it.`,
      {
        cause: thrown,
      },
    );
  }
  return new SemblanceError('corrupt', `The photo is damaged (${detail}). Copy it again.`, { cause: thrown });
}

/** Of photos whose decoder fails without a reason. */
const mostAttempts = 3;

/**
 * Runs what decodes a photo, once more where it fails without saying why: decoders of all threads share one place for their
 * last words, and another that ended meanwhile has wiped them away.
 * @throws SemblanceError of `decodeProblem`
 */
export async function decoding<Result>(
  bytes: Uint8Array,
  format: string,
  limits: DecodeLimits,
  decode: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await decode();
    } catch (thrown) {
      if (isSilent(thrown) && attempt < mostAttempts) continue;
      throw decodeProblem(thrown, bytes, format, limits);
    }
  }
}

/** Whether a decoder has failed without saying why. */
function isSilent(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.trim() === 'Unknown error';
}

/** Whether the mark that ends a file of the format is absent. */
function endIsMissing(bytes: Uint8Array, format: string): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // After the head: a thumbnail in there has an end of its own.
  if (format === 'jpeg') return file.indexOf(Buffer.of(0xff, 0xd9), headLength(bytes)) < 0;
  if (format === 'png') return file.lastIndexOf('IEND', undefined, 'latin1') < 0;
  if (format === 'gif') return file.at(-1) !== 0x3b;
  if (format === 'webp') return file.length >= 8 && file.readUInt32LE(4) + 8 > file.length;
  if (isoFormats.has(format)) return [...boxesOf(bytes)].some(({ isCut }) => isCut);
  return false;
}
