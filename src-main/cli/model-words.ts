/** An installed model in words, for a terminal. */
import type { ModelInfo } from '../contract/index.ts';

export function described({
  name,
  title,
  purpose,
  licence,
  origin,
  sha256,
  sizeBytes,
  size,
  eightBit,
  taps,
}: ModelInfo): string {
  return [
    `${name}: ${title} (${(sizeBytes / 1e6).toFixed(1)} MB)`,
    `  purpose  ${purpose}`,
    `  licence  ${licence}`,
    `  origin   ${origin}`,
    `  sha256   ${sha256}`,
    ...(eightBit
      ? [
          `  8 bit    copy of '${eightBit.of}', ${eightBit.gain.toFixed(1)} times as fast, descriptors agree to ${(100 * eightBit.agreement.mean).toFixed(1)} %`,
        ]
      : []),
    ...(size ? [`  size     ${size.width} × ${size.height} only`] : []),
    `  taps     ${taps.map(tapText).join(', ')}`,
  ].join('\n');
}

function tapText({ name, channels, stride }: ModelInfo['taps'][number]): string {
  return `${name} (${channels} channels, ${stride === 0 ? 'whole picture' : `stride ${stride}`})`;
}
