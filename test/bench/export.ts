/**
 * `npm run bench:export [photos]`: what writing a library into a file and taking it in elsewhere take, with statistics and
 * thumbnails as long as those of photos. Each is a process of its own, so that the most memory is what it takes itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { codeLength, layoutOf } from '../../src-main/descriptor/index.ts';
import { exportLibrary, importLibrary, Library } from '../../src-main/library/index.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';
import { quietControl } from '../fixtures/sketched-library.ts';

const dimension = 512;
const thumbnailBytes = 20_000;

type Step = 'make' | 'export' | 'import';

function make(folder: string, photos: number): void {
  const library = describedLibrary(join(folder, 'library'), clusteredVectors(photos, dimension));
  const [{ key, extraction }] = library.extractions.list();
  const length = codeLength(layoutOf(extraction));
  const thumbnail = Buffer.alloc(thumbnailBytes, 7);
  thumbnail.set([0xff, 0xd8, 0xff]);
  for (let begin = 0; begin < photos; begin += 1000) {
    const numbers = Array.from({ length: Math.min(1000, photos - begin) }, (_, place) => begin + place);
    library.change(() => {
      for (const n of numbers) library.powerMeans.add(n + 1, key, Buffer.alloc(length, n % 256));
    });
    library.thumbnails.change(() => {
      for (const n of numbers) library.thumbnails.set(`hash ${n}`, thumbnail);
    });
  }
  library.close();
}

async function run(step: Step, folder: string, photos: number): Promise<void> {
  const target = join(folder, 'library.zip');
  if (step === 'make') {
    make(folder, photos);
    return;
  }
  const startedMs = performance.now();
  if (step === 'export') {
    const libraryPath = join(folder, 'library');
    await exportLibrary(
      { libraryPath, target, thumbnails: true, replace: true, appVersion: 'bench' },
      quietControl(),
    );
  } else {
    const other = Library.open(join(folder, 'other'), 'write');
    const request = {
      path: target,
      roots: [],
      dryRun: false,
      appVersion: 'bench',
      tryGeneration: () => undefined,
    };
    await importLibrary(other, request, quietControl());
    other.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const most = maxRSS / 1000;
  const busy = (userCPUTime + systemCPUTime) / 1e6;
  const size = statSync(target).size / 1e6;
  console.log(
    `${step}: ${photos} photos, ${size.toFixed(0)} MB, ${seconds.toFixed(1)} s (${(size / seconds).toFixed(0)} MB/s; ${busy.toFixed(1)} s of the processor), at most ${most.toFixed(0)} MB of memory`,
  );
}

const count = process.argv.at(2) ?? '100000';
const [step, folder] = [process.argv.at(3), process.argv.at(4)];
if (step !== undefined && folder !== undefined) {
  await run(step as Step, folder, Number(count));
} else {
  const root = mkdtempSync(join(tmpdir(), 'semblance-bench-export-'));
  try {
    console.log(
      `The recipe asks for ${defaultRecipe.taps.length} taps; ${thumbnailBytes} bytes a thumbnail.`,
    );
    for (const each of ['make', 'export', 'import'] satisfies Step[])
      execFileSync(process.execPath, [import.meta.filename, count, each, root], { stdio: 'inherit' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
