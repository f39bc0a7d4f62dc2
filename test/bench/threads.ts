/** `npm run bench:threads`: photos per second of indexing with 1, 2, 4 … threads, up to twice the machine's cores. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyPhotos, median } from './floors.ts';
import { indexPhotos } from './index-photos.ts';
import { networks, plainRecipe } from './networks.ts';

const rounds = 3;
const photoCount = 48;
const longerSide = 512;
const source = resolve(process.argv[2] ?? '../shared/data/clothing');
const root = mkdtempSync(join(tmpdir(), 'semblance-bench-threads-'));
process.env['SEMBLANCE_MODELS'] = join(root, 'models');

const counts: number[] = [];
for (let threads = 1; threads <= 2 * availableParallelism(); threads *= 2) counts.push(threads);

if (!existsSync(source)) {
  console.error(`There is no folder ${source}. Name one with photos: npm run bench:threads -- FOLDER`);
  process.exitCode = 1;
} else {
  try {
    const photos = join(root, 'photos');
    const files = copyPhotos(source, photos, photoCount);
    for (const { title, name, taps } of await networks(root)) {
      const recipe = plainRecipe(name, taps, longerSide);
      const times = new Map<number, number[]>(counts.map((threads) => [threads, []]));
      for (let round = 0; round < rounds; round++) {
        for (const [threads, measured] of times) {
          measured.push((await indexPhotos(recipe, photos, files.length, root, threads)).seconds);
        }
      }
      const rates = counts.map((threads) => files.length / median(times.get(threads) ?? []));
      console.log(
        `${title}, ${availableParallelism()} cores: ${counts
          .map(
            (threads, i) =>
              `${threads} threads ${rates[i].toFixed(1)} photos/s (${(rates[i] / rates[0]).toFixed(2)} ×)`,
          )
          .join(', ')}`,
      );
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
