/** The part of libheif's JavaScript interface that is used; the package describes the rest in libheif-wasm/libheif.d.ts. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.js' {
  /** An opaque object of the library; what fails has a code. */
  interface LibheifHandle {
    code?: unknown;
    message?: string;
  }

  interface LibheifPicture {
    code?: unknown;
    message?: string;
    image: LibheifHandle;
    channels: {
      id: unknown;
      width: number;
      height: number;
      /** Bytes from row to row. */
      stride: number;
      data: Uint8Array;
    }[];
  }

  interface Libheif {
    heif_error_code: { heif_error_Ok: unknown };
    heif_colorspace: { heif_colorspace_RGB: unknown };
    heif_chroma: { heif_chroma_interleaved_RGB: unknown; heif_chroma_interleaved_RGBA: unknown };
    heif_channel: { heif_channel_interleaved: unknown };
    heif_context_alloc(): LibheifHandle;
    heif_context_free(context: LibheifHandle): void;
    heif_context_read_from_memory(context: LibheifHandle, bytes: Uint8Array): LibheifHandle;
    heif_js_context_get_primary_image_handle(context: LibheifHandle): LibheifHandle;
    heif_image_handle_get_width(handle: LibheifHandle): number;
    heif_image_handle_get_height(handle: LibheifHandle): number;
    heif_image_handle_has_alpha_channel(handle: LibheifHandle): number;
    heif_image_handle_release(handle: LibheifHandle): void;
    heif_js_decode_image2(
      handle: LibheifHandle,
      colourSpace: unknown,
      chroma: unknown,
    ): LibheifPicture | Promise<LibheifPicture>;
    heif_image_release(image: LibheifHandle): void;
  }

  export default function makeLibheif(options?: {
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }): Libheif;
}
