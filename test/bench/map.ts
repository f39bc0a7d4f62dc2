/**
 * `npm run bench:map -- [PHOTOS]`: script time of each frame while the map of 20,000 photos is panned and zoomed, far out and near,
 * by the browser's own trace. It takes at most 8 ms.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from '@playwright/test';
import sharp from 'sharp';
import { randomFrom } from '../../src-main/descriptor/random.ts';
import { toScreen, wholeMap } from '../../src-renderer/map/camera.ts';
import { startServer } from '../e2e/hosts.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';
import { percentile } from './percentile.ts';
import { scriptTimes } from './trace-frames.ts';

const photos = Number(process.argv.at(2) ?? 20_000);
const targetMs = 8;
/** Different pictures among the thumbnails. */
const pictures = 48;
const clusters = 60;
const steps = 150;
/** About sixty times a second, as a hand moves. */
const stepMs = 16;

/** Photos in clusters of different sizes, as a layout makes them. */
function generatedPoints(): Float32Array {
  const random = randomFrom(7);
  const normal = (): number => random() + random() + random() + random() - 2;
  const centres = Array.from({ length: clusters }, () => ({
    x: 1.7 * random() - 0.85,
    y: 1.7 * random() - 0.85,
    spread: 0.01 + 0.08 * random() ** 2,
  }));
  const points = new Float32Array(2 * photos);
  for (let i = 0; i < photos; i++) {
    const { x, y, spread } = centres[Math.floor(clusters * random() ** 1.5)];
    points[2 * i] = Math.max(-1, Math.min(1, x + spread * normal()));
    points[2 * i + 1] = Math.max(-1, Math.min(1, y + spread * normal()));
  }
  return points;
}

async function generatedThumbnails(): Promise<Buffer[]> {
  const random = randomFrom(11);
  return Promise.all(
    Array.from({ length: pictures }, (_, i) => {
      const patches = Uint8Array.from({ length: 8 * 6 * 3 }, () => Math.floor(256 * random()));
      const height = i % 3 === 0 ? 320 : 180;
      return sharp(patches, { raw: { width: 8, height: 6, channels: 3 } })
        .resize({ width: 240, height, fit: 'fill' })
        .webp()
        .toBuffer();
    }),
  );
}

async function makeLibrary(path: string, points: Float32Array): Promise<void> {
  const library = describedLibrary(path, clusteredVectors(photos, 16));
  const thumbnails = await generatedThumbnails();
  for (let n = 0; n < photos; n++) library.thumbnails.set(`hash ${n}`, thumbnails[n % pictures]);
  const generation = library.generations.serving();
  if (!generation) throw new Error('The library has no descriptors.');
  const contentIds = Uint32Array.from({ length: photos }, (_, i) => i + 1);
  library.change(() => library.maps.set(generation.id, { method: 'umap', contentIds, points }));
  library.close();
}

interface Place {
  x: number;
  y: number;
}

/** Where the first photo is drawn while the whole map is shown. */
async function placeOfFirst(map: Locator, points: Float32Array): Promise<Place> {
  const box = await map.boundingBox();
  if (!box) throw new Error('The map is not shown.');
  const { x, y } = toScreen(wholeMap(box), box, { x: points[0], y: points[1] });
  return { x: box.x + x, y: box.y + y };
}

async function drag(page: Page): Promise<void> {
  await page.mouse.move(720, 450);
  await page.mouse.down();
  for (let step = 1; step <= steps; step++) {
    const angle = (2 * Math.PI * step) / 50;
    await page.mouse.move(720 + 220 * Math.sin(angle), 450 + 160 * Math.sin(2 * angle));
    await page.waitForTimeout(stepMs);
  }
  await page.mouse.up();
}

/** Zooms at a place of the page. */
async function wheel(page: Page, { x, y }: Place, by: number, count: number): Promise<void> {
  await page.mouse.move(x, y);
  for (let step = 0; step < count; step++) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(stepMs);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'semblance-bench-map-'));
const library = join(folder, 'library');
const points = generatedPoints();
await makeLibrary(library, points);
const server = await startServer(library, [folder]);
const browser = await chromium.launch({
  executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
  args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking'],
});

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.address);
  await page.getByRole('navigation').getByText('Map').click();
  const map = page.getByRole('application', { name: 'Map of the photos' });
  await map.waitFor({ timeout: 60_000 });
  await page.getByRole('contentinfo').getByText('Ready').waitFor({ timeout: 300_000 });

  const measure = async (what: string, action: () => Promise<void>): Promise<void> => {
    await page.waitForTimeout(1000);
    await browser.startTracing(page, { categories: ['devtools.timeline', '__metadata'] });
    await action();
    const times = scriptTimes(await browser.stopTracing());
    const shown = `${String(await map.getAttribute('data-shown'))}, ${(await page.locator('main header').innerText()).match(/[\d,]+ in view/)?.[0] ?? ''}`;
    const told = (['page', 'worker', 'together'] as const).map((thread) => {
      const values = times[thread];
      return `${thread} p50 ${percentile(values, 0.5).toFixed(2)} p95 ${percentile(values, 0.95).toFixed(2)} ms`;
    });
    const verdict = percentile(times.together, 0.95) <= targetMs ? 'within' : 'OVER';
    console.log(
      `${what} (${shown} at the end): ${times.together.length} frames; ${told.join(', ')}: ${verdict} ${targetMs} ms`,
    );
  };

  console.log(`${photos.toLocaleString('en')} photos, 1440 × 900, script time of a frame`);
  await measure('panning all of it', () => drag(page));
  const first = await placeOfFirst(map, points);
  await measure('zooming in', () => wheel(page, first, -60, 45));
  await measure('panning near', () => drag(page));
  await measure('zooming out', () => wheel(page, first, 60, 45));
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
