/** Which files are photos by their names. */

export const photoExtensions: ReadonlySet<string> = new Set(
  [
    ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif', '.heic', '.heif', '.hif'],
    ['.cr2', '.cr3', '.nef', '.arw', '.dng', '.raf', '.orf', '.rw2'],
  ].flat(),
);

/** Whether a file's name says that it is a photo. */
export function isPhotoName(file: string): boolean {
  const [name] = file.split(/[\\/]/).slice(-1);
  const dot = name.lastIndexOf('.');
  return dot > 0 && photoExtensions.has(name.slice(dot).toLowerCase());
}
