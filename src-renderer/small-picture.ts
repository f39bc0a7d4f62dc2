/** Small copies of large pictures, made beside the page. */

/** Pixels of the longer side: enough for a tile on a screen with two for each of the page's. */
const longerSide = 240;

/**
 * An address of a copy, for whoever takes it back. A browser shows a picture of 24 megapixels itself as well, but no frame of
 * the page comes while it decodes it, which takes half a second.
 * @param address of the picture
 * @throws where the browser cannot decode it
 */
export async function smallCopy(picture: Blob, address: string): Promise<string> {
  const { naturalWidth, naturalHeight } = await loaded(address);
  const scale = longerSide / Math.max(naturalWidth, naturalHeight);
  const [width, height] = [naturalWidth, naturalHeight].map((side) => Math.max(1, Math.round(scale * side)));
  // A square, whatever its shape: Chromium takes the sides of a turned photo for each other where they differ.
  const square = await createImageBitmap(picture, {
    resizeWidth: longerSide,
    resizeHeight: longerSide,
    resizeQuality: 'medium',
  });
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(square, 0, 0, width, height);
  square.close();
  return URL.createObjectURL(await canvas.convertToBlob());
}

/** Its size is known then; nothing has been decoded. */
async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = reject;
    image.src = address;
  });
  return image;
}
