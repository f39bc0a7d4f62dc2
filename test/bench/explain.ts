/**
 * `npm run bench:explain`: how long the reasons of a match take, as a person meets them: a photo of the library is searched
 * with, and one result after the other is asked about. The first answer loads the network. Photos: ../shared/data/grocery,
 * or a folder given as an argument.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Engine } from '../../src-main/engine/index.ts';
import { isPhotoName } from '../../src-main/vision/index.ts';

const folder = resolve(process.argv[2] ?? '../shared/data/grocery');
/** Results that are asked about. */
const results = 30;
/** More would only take longer to index. */
const mostPhotos = 60;

if (!existsSync(folder)) {
  throw new Error(`There is no folder ${folder}. Name one with photos: npm run bench:explain -- FOLDER`);
}
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(isPhotoName)
  .sort()
  .filter((_, i, all) => i % Math.max(1, Math.floor(all.length / mostPhotos)) === 0)
  .slice(0, mostPhotos);

const root = mkdtempSync(join(tmpdir(), 'semblance-explain-'));
const photos = join(root, 'photos');
files.forEach((file, i) =>
  cpSync(join(folder, file), join(photos, `${i}-${file.replaceAll(/[\\/]/g, '-')}`)),
);

const engine = Engine.open({ libraryPath: join(root, 'library'), access: 'write' });
try {
  await engine.call('addFolder', { path: photos });
  await engine.index(engine.library.folders.toScan()).ended;
  await engine.jobs.idle();
  await engine.renewVision();
  const { photos: indexed } = await engine.call('photos', { offset: 0, limit: 1, order: 'path' });
  const examples = [{ kind: 'photo' as const, photoId: indexed[0].id }];
  const found = await engine.call('search', { examples, top: results + 1 });
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (const { photo } of found.results.slice(1)) {
    times.push((await engine.call('explain', { examples, photoId: photo.id })).milliseconds);
  }
  delay.disable();
  const [first, ...others] = times;
  const sorted = others.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted.at(Math.floor(share * (sorted.length - 1))) ?? NaN).toFixed(0);
  console.log(
    `${files.length} photos, load ${loadavg()[0].toFixed(1)}: first ${first.toFixed(0)} ms; ` +
      `then median ${at(0.5)} ms, p95 ${at(0.95)} ms of ${others.length}; ` +
      `the engine was busy for at most ${(delay.max / 1e6).toFixed(0)} ms at a time`,
  );
} finally {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
}
