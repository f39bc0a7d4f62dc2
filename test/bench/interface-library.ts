/** Libraries of photos that were never files, for the benchmark of the interface: rows, dates, shapes and thumbnails. */
import sharp from 'sharp';
import { randomFrom } from '../../src-main/descriptor/random.ts';
import { Library } from '../../src-main/library/index.ts';

/** Different pictures among the thumbnails. */
const pictures = 64;
/** Width and height, as cameras and telephones make them. */
const sizes = [
  [6000, 4000],
  [4000, 6000],
  [4032, 3024],
  [3024, 4032],
  [3840, 2160],
  [3000, 3000],
] as const;
const perDirectory = 250;
const firstTakenMs = Date.UTC(2008, 0, 1);
const takenWithinMs = 16 * 365.25 * 24 * 3_600_000;
/** Rows that are written together. */
const chunk = 10_000;

interface Thumbnail {
  bytes: Buffer;
  width: number;
  height: number;
}

/** About as large as those of real photos, and as much work to decode. */
export async function generatedThumbnails(): Promise<Thumbnail[]> {
  const random = randomFrom(11);
  return Promise.all(
    Array.from({ length: pictures }, async (_, i) => {
      const [width, height] = sizes[i % sizes.length];
      const patches = Uint8Array.from({ length: 40 * 30 * 3 }, () => Math.floor(256 * random()));
      const bytes = await sharp(patches, { raw: { width: 40, height: 30, channels: 3 } })
        .resize({
          width: Math.round((320 * width) / Math.max(width, height)),
          height: Math.round((320 * height) / Math.max(width, height)),
          fit: 'fill',
        })
        .jpeg({ quality: 80, optimiseCoding: false })
        .toBuffer();
      return { bytes, width, height };
    }),
  );
}

export interface ManyPhotos {
  /** Of the library, which is there already where `describe` is given. */
  path: string;
  /** An existing folder in which the photos seem to lie. */
  folder: string;
  count: number;
  /** Told of each picture, in the transaction that writes it. */
  describe?: (library: Library, contentId: number, n: number) => void;
}

/** Adds photos to a library, which is made where there is none. Nobody looks for their files. */
export async function addManyPhotos({ path, folder, count, describe }: ManyPhotos): Promise<void> {
  const thumbnails = await generatedThumbnails();
  const random = randomFrom(5);
  const library = Library.open(path, 'write');
  try {
    library.settings.change({ watch: false });
    const { id: folderId } = library.folders.add(folder, 1);
    for (let from = 0; from < count; from += chunk) {
      library.change(() => {
        for (let n = from; n < Math.min(count, from + chunk); n++) {
          const { bytes, width, height } = thumbnails[n % pictures];
          const hash = `generated ${n}`;
          const contentId = library.contents.add({ hash, width, height, format: 'jpeg' });
          library.photos.record(
            {
              folderId,
              directory: `folder ${String(Math.floor(n / perDirectory)).padStart(4, '0')}`,
              name: `IMG_${String(n).padStart(6, '0')}.jpg`,
              sizeBytes: 5e6 + n,
              modifiedAtMs: n,
            },
            contentId,
            n,
          );
          library.metadata.set(contentId, {
            takenAtMs: Math.floor(firstTakenMs + takenWithinMs * random()),
            camera: null,
            lens: null,
            latitude: null,
            longitude: null,
            rating: null,
            tags: [],
          });
          library.thumbnails.set(hash, bytes);
          describe?.(library, contentId, n);
        }
      });
    }
  } finally {
    library.close();
  }
}
