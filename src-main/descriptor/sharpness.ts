/** How sharp a picture is. */

/**
 * Variance of the Laplacian of the brightness (Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR
 * 2000): edges that are sharp make it large. Only pictures of one size can be compared by it.
 * @param pixels eight-bit RGB, row by row
 */
export function laplacianVariance({
  data,
  width,
  height,
}: {
  data: Uint8Array;
  width: number;
  height: number;
}): number {
  const brightness = new Float32Array(width * height);
  for (let i = 0; i < brightness.length; i++) {
    brightness[i] = 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2];
  }
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value =
        brightness[at - width] +
        brightness[at - 1] +
        brightness[at + 1] +
        brightness[at + width] -
        4 * brightness[at];
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
