/** Smaller copies of a picture: to search with again, and to look at. */
import type { DecodeBudget } from './decode-budget.ts';
import { type DecodeLimits, usualDecodeLimits } from './decode-limits.ts';
import { decoding } from './decode-problem.ts';
import { inTime } from './in-time.ts';
import { openPhoto } from './open-photo.ts';
import { photoFormat } from './photo-format.ts';
import { pixelsOf } from './picture-parts.ts';
import type { NamedBytes } from './vision-messages.ts';

/** Twice what the network usually sees. */
const usualLongestSide = 1024;

export interface SmallCopyOptions {
  /** In pixels; a picture that is smaller stays as it is. */
  longestSide?: number;
  limits?: DecodeLimits;
  /** Large pictures wait for it; shared with others that decode. */
  budget?: DecodeBudget;
}

/**
 * @returns JPEG, upright, in sRGB
 * @throws SemblanceError with the reason why the picture cannot be read
 */
export async function smallCopy(
  { bytes, name, crop }: NamedBytes,
  { longestSide = usualLongestSide, limits = usualDecodeLimits, budget }: SmallCopyOptions = {},
): Promise<Uint8Array> {
  const format = await photoFormat(bytes, name);
  return decoding(bytes, format, limits, async () => {
    const seen = await openPhoto(bytes, format, limits);
    return inTime(limits.timeoutMs, (begin) => {
      const decode = async (): Promise<Uint8Array> => {
        const photo = await seen.open();
        begin();
        return (crop ? photo.extract(pixelsOf(crop, seen)) : photo)
          .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
          .flatten({ background: '#ffffff' })
          .toColourspace('srgb')
          .jpeg({ quality: 85 })
          .toBuffer();
      };
      return budget?.within(seen.bytesToDecode, decode) ?? decode();
    });
  });
}
