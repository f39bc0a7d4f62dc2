/** The photo formats that the system is told Semblance opens. */

export interface PhotoType {
  name: string;
  /** Without the dot. */
  extensions: readonly string[];
  /** By which Linux knows it. */
  mediaTypes: readonly string[];
}

export const photoTypes: readonly PhotoType[] = [
  { name: 'JPEG photo', extensions: ['jpg', 'jpeg'], mediaTypes: ['image/jpeg'] },
  { name: 'PNG picture', extensions: ['png'], mediaTypes: ['image/png'] },
  { name: 'WebP picture', extensions: ['webp'], mediaTypes: ['image/webp'] },
  { name: 'GIF picture', extensions: ['gif'], mediaTypes: ['image/gif'] },
  { name: 'TIFF picture', extensions: ['tif', 'tiff'], mediaTypes: ['image/tiff'] },
  { name: 'AVIF picture', extensions: ['avif'], mediaTypes: ['image/avif'] },
  {
    name: 'HEIC photo',
    extensions: ['heic', 'heif', 'hif'],
    mediaTypes: ['image/heic', 'image/heif'],
  },
  {
    name: 'Camera raw photo',
    extensions: ['cr2', 'cr3', 'nef', 'arw', 'dng', 'raf', 'orf', 'rw2'],
    mediaTypes: [
      'image/x-canon-cr2',
      'image/x-canon-cr3',
      'image/x-nikon-nef',
      'image/x-sony-arw',
      'image/x-adobe-dng',
      'image/x-fuji-raf',
      'image/x-olympus-orf',
      'image/x-panasonic-rw2',
    ],
  },
];

export const extensions: readonly string[] = photoTypes.flatMap((type) => type.extensions);
