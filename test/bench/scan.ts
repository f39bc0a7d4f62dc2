/**
 * `npm run bench:scan`: how long it takes to find out that nothing has changed among 200,000 files, with the file cache
 * warm, and how much memory that takes; then the same after a thousand of them have moved.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { Engine } from '../../src-main/engine/index.ts';

const directories = 2000;
const filesEach = 100;
const total = directories * filesEach;
/** What is promised. */
const mostSeconds = 20;
const runs = 3;
const movedDirectories = 10;
const dimension = 256;

const root = process.argv[2] ?? join(tmpdir(), 'semblance-bench-scan');
const photos = join(root, 'photos');
const libraryPath = join(root, 'library');

/** Made once, and used again by later runs. */
function makeFiles(): void {
  if (existsSync(join(root, 'complete'))) return;
  rmSync(root, { recursive: true, force: true });
  for (let d = 0; d < directories; d++) {
    const directory = join(photos, String(Math.floor(d / 50)), String(d));
    mkdirSync(directory, { recursive: true });
    for (let f = 0; f < filesEach; f++) writeFileSync(join(directory, `IMG_${f}.jpg`), `${d} ${f}`);
  }
  writeFileSync(join(root, 'complete'), '');
}

/** A library that knows all files, each with a picture and a descriptor of its own. */
async function makeLibrary(): Promise<void> {
  rmSync(libraryPath, { recursive: true, force: true });
  const engine = Engine.open({ libraryPath, access: 'write' });
  engine.adopt(defaultRecipe);
  await engine.jobs.idle();
  const { id } = await engine.call('addFolder', { path: photos });
  const { library } = engine;
  const generation = engine.serving?.generation.id ?? 0;
  const vector = new Float32Array(dimension).fill(dimension ** -0.5);
  library.change(() => {
    for (const directory of readdirSync(photos, { recursive: true, encoding: 'utf8' })) {
      const path = join(photos, directory);
      const { size, mtimeMs, ino } = statSync(path);
      if (!directory.endsWith('.jpg')) continue;
      const at = directory.lastIndexOf('/');
      const file = { folderId: id, directory: directory.slice(0, at), name: directory.slice(at + 1) };
      const contentId = library.contents.add({ hash: directory, width: 4, height: 3, format: 'jpeg' });
      library.photos.record({ ...file, sizeBytes: size, modifiedAtMs: mtimeMs, inode: ino }, contentId, 1);
      library.generations.addDescriptors(generation, [{ contentId, vector }]);
    }
  });
  await engine.close();
}

/** Memory of this process in MB, and the most that it was while something ran. */
async function watchingMemory<Result>(run: () => Promise<Result>): Promise<{ result: Result; peak: number }> {
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  try {
    return { result: await run(), peak: peak / 1e6 };
  } finally {
    clearInterval(timer);
  }
}

async function scan(engine: Engine, what: string): Promise<number> {
  const before = process.memoryUsage.rss() / 1e6;
  const { result: job, peak } = await watchingMemory(
    () => engine.index(engine.library.folders.toScan()).ended,
  );
  const { summary, error } = job;
  if (!summary) throw new Error(error?.message ?? 'no summary');
  const { unchanged, moved, indexed, removed, seconds } = summary;
  if (unchanged + moved !== total || indexed + removed > 0) throw new Error(JSON.stringify(summary));
  console.log(
    `${what}: ${seconds.toFixed(1)} s, unchanged ${unchanged}, moved ${moved}; ` +
      `memory ${Math.round(before)} MB before, at most ${Math.round(peak)} MB`,
  );
  return seconds;
}

makeFiles();
if (process.argv[3] === 'make') {
  await makeLibrary();
  process.exit();
}
// In a process of its own, whose memory is not that of the scan.
spawnSync(process.execPath, [import.meta.filename, root, 'make'], { stdio: 'inherit' });
console.log(`${total} files in ${directories} directories, ${availableParallelism()} cores`);
const engine = Engine.open({ libraryPath, access: 'write' });
const seconds: number[] = [];
for (let run = 1; run <= runs; run++) seconds.push(await scan(engine, `rescan ${run}`));
const elsewhere = join(photos, 'moved');
mkdirSync(elsewhere, { recursive: true });
const moves = Array.from({ length: movedDirectories }, (_, d) => [
  join(photos, '0', String(d)),
  join(elsewhere, String(d)),
]);
for (const [from, to] of moves) renameSync(from, to);
try {
  await scan(engine, `after ${movedDirectories * filesEach} files moved`);
} finally {
  for (const [from, to] of moves) renameSync(to, from);
  rmSync(elsewhere, { recursive: true });
}
await engine.close();
const worst = Math.max(...seconds);
console.log(`at most ${mostSeconds} s: ${worst <= mostSeconds ? 'kept' : 'MISSED'} (${worst.toFixed(1)} s)`);
if (worst > mostSeconds) process.exitCode = 1;
