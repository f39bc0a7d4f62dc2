/** A pipeline as a user would write it with sharp and onnxruntime-node: one photo after the other, pixels in JavaScript. */
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';

const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];
const p = 3;

/** Seconds for the photos, once the session is made. */
export async function plainLoop(
  model: string,
  taps: readonly string[],
  files: string[],
  longerSide: number,
): Promise<number> {
  const session = await ort.InferenceSession.create(model);
  const startMs = performance.now();
  for (const file of files) {
    const { data, info } = await sharp(file)
      .resize({ width: longerSide, height: longerSide, fit: 'inside' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const plane = info.width * info.height;
    const pixels = new Float32Array(3 * plane);
    for (let i = 0; i < plane; i++) {
      for (let channel = 0; channel < 3; channel++) {
        pixels[channel * plane + i] = (data[3 * i + channel] / 255 - mean[channel]) / deviation[channel];
      }
    }
    const image = new ort.Tensor('float32', pixels, [1, 3, info.height, info.width]);
    const results = await session.run({ [session.inputNames[0]]: image }, [...taps]);
    for (const tap of taps) gem(results[tap].data as Float32Array, results[tap].dims[1]);
  }
  const seconds = (performance.now() - startMs) / 1000;
  await session.release();
  return seconds;
}

function gem(map: Float32Array, channels: number): Float32Array {
  const positions = map.length / channels;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = channel * positions; i < (channel + 1) * positions; i++) sum += Math.max(map[i], 1e-6) ** p;
    return (sum / positions) ** (1 / p);
  });
}
