/** Pixels as a TIFF file without compression: the plainest way to hand them on together with their colour profile. */

/** Eight-bit samples, row by row. */
export interface ProfiledPixels {
  width: number;
  height: number;
  /** With alpha that is not multiplied into the colours, or without. */
  channels: 3 | 4;
  /** ICC profile of the colours; null for sRGB. */
  profile: Uint8Array | null;
}

type Field = [tag: number, type: 3 | 4 | 7, count: number, value: number];

/**
 * @param write told where in the file the samples belong
 * @returns the file
 */
export function uncompressedTiff(
  { width, height, channels, profile }: ProfiledPixels,
  write: (samples: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  const directoryLength = 2 + 12 * 12 + 4;
  const depthsAt = 8 + directoryLength;
  const profileAt = depthsAt + 2 * channels;
  const profileLength = profile?.length ?? 0;
  const samplesAt = profileAt + profileLength + (profileLength % 2);
  const length = width * height * channels;
  const fields: Field[] = [
    [0x0100, 4, 1, width],
    [0x0101, 4, 1, height],
    [0x0102, 3, channels, depthsAt],
    [0x0103, 3, 1, 1],
    [0x0106, 3, 1, 2],
    [0x0111, 4, 1, samplesAt],
    [0x0115, 3, 1, channels],
    [0x0116, 4, 1, height],
    [0x0117, 4, 1, length],
    [0x011c, 3, 1, 1],
  ];
  if (channels === 4) fields.push([0x0152, 3, 1, 2]);
  if (profile) fields.push([0x8773, 7, profileLength, profileAt]);
  const file = new Uint8Array(samplesAt + length);
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  view.setUint16(8, fields.length, true);
  for (const [i, [tag, type, count, value]] of fields.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
  }
  for (let channel = 0; channel < channels; channel++) view.setUint16(depthsAt + 2 * channel, 8, true);
  if (profile) file.set(profile, profileAt);
  write(file.subarray(samplesAt));
  return file;
}
