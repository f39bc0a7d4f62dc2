/** Worker thread that decodes HEIC by libheif as WebAssembly: it can be ended when it takes too long, and its memory with it. */
import { parentPort } from 'node:worker_threads';
import makeLibheif from 'libheif-js/libheif-wasm/libheif-bundle.js';
import { messageOf, SemblanceError, toErrorReport } from '../contract/index.ts';
import { tooLarge } from './decode-limits.ts';
import type { HeifAnswer, HeifRequest } from './heif-messages.ts';
import { uncompressedTiff } from './uncompressed-tiff.ts';

const ignore = (): undefined => undefined;
// What is wrong with a picture is told by its answer; the terminal need not hear of it.
const heif = makeLibheif({ print: ignore, printErr: ignore });

/** The picture as seen: turning, mirroring and cutting that the file asks for have been done. */
async function decode({ bytes, profile, maxPixels }: HeifRequest): Promise<Uint8Array<ArrayBuffer>> {
  const context = heif.heif_context_alloc();
  try {
    expectFine(heif.heif_context_read_from_memory(context, bytes));
    const handle = heif.heif_js_context_get_primary_image_handle(context);
    expectFine(handle);
    const width = heif.heif_image_handle_get_width(handle);
    const height = heif.heif_image_handle_get_height(handle);
    if (width * height > maxPixels) throw tooLarge(width * height, maxPixels);
    const channels = heif.heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
    const { heif_chroma_interleaved_RGB: opaque, heif_chroma_interleaved_RGBA: clear } = heif.heif_chroma;
    const picture = await heif.heif_js_decode_image2(
      handle,
      heif.heif_colorspace.heif_colorspace_RGB,
      channels === 4 ? clear : opaque,
    );
    expectFine(picture);
    const plane = picture.channels.find(({ id }) => id === heif.heif_channel.heif_channel_interleaved);
    if (plane?.width !== width || plane.height !== height) throw new Error('decoded to another size');
    const tiff = uncompressedTiff({ width, height, channels, profile }, (samples) => {
      const row = width * channels;
      for (let y = 0; y < height; y++) {
        samples.set(plane.data.subarray(y * plane.stride, y * plane.stride + row), y * row);
      }
    });
    heif.heif_image_release(picture.image);
    heif.heif_image_handle_release(handle);
    return tiff;
  } finally {
    heif.heif_context_free(context);
  }
}

function expectFine({ code, message }: { code?: unknown; message?: string }): void {
  if (code === undefined || code === heif.heif_error_code.heif_error_Ok) return;
  throw new Error(message ?? 'no reason given');
}

parentPort?.on('message', (request: HeifRequest) => {
  const { id } = request;
  const send = (answer: HeifAnswer, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(answer, transfer);
  decode(request).then(
    (tiff) => send({ id, tiff }, [tiff.buffer]),
    (thrown: unknown) => {
      if (thrown instanceof SemblanceError) send({ id, error: toErrorReport(thrown) });
      else send({ id, detail: messageOf(thrown) });
    },
  );
});
