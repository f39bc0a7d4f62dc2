/** Versions of the native parts that look at photos. */
import sharp from 'sharp';
import { runtimeVersion } from './machine.ts';

export function visionVersions(): Record<string, string> {
  const { sharp: own, vips, heif } = sharp.versions;
  return {
    onnxruntime: runtimeVersion(),
    sharp: own,
    libvips: vips,
    ...(heif !== undefined && { libheif: heif }),
  };
}
