/** Versions of the native parts that look at photos. */
import sharp from 'sharp';
import { runtimeVersion } from './machine.ts';

export function visionVersions(): Record<string, string> {
  // Which there are depends on how it was built.
  const { sharp: own, vips, heif }: Partial<Record<string, string>> = sharp.versions;
  return {
    onnxruntime: runtimeVersion(),
    ...(own !== undefined && { sharp: own }),
    ...(vips !== undefined && { libvips: vips }),
    ...(heif !== undefined && { libheif: heif }),
  };
}
