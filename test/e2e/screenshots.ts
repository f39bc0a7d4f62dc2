/** Pictures of every view, from real photos: npm run screenshots */
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, test } from './fixtures.ts';
import { hasGroceries, writeGroceries } from './groceries.ts';
import { engineProcessId } from './hosts.ts';
import { emptyScenes, type Scene, scenes, settingsScenes } from './scenes.ts';
import { addFolder, dropOnWindow, goTo } from './steps.ts';

const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 1024, height: 640 },
  huge: { width: 2560, height: 1440 },
};
type Size = keyof typeof sizes;
type Theme = 'light' | 'dark';

/** What the README may show; all others, and the huge ones, are only to be looked at. */
const kept = new Set([
  'first-start', 'library', 'viewer', 'search', 'why', 'steer', 'duplicates', 'map', 'tune', 'quality', 'settings', 'guide',
]); // prettier-ignore
const keptIn = 'resources/screenshots';
const lookedAtIn = 'test-results/screenshots';

/** Colours of a picture with many photos in it are kept well at this quality, and letters stay clear. */
const webp = { quality: 70, effort: 5, smartSubsample: true };

/** Waits until all pictures in sight are there, and nothing more is laid out. */
async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const inSight = [...document.images].filter((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    return inSight.every(({ complete }) => complete);
  });
  await page.evaluate(
    () =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)))),
  );
}

/** Which sizes and themes a scene is taken in: all where it is kept, else enough to see what is wrong with it. */
function shotsOf(name: string): [Size, Theme][] {
  if (!kept.has(name)) {
    return [
      ['narrow', 'light'],
      ['wide', 'dark'],
    ];
  }
  return [
    ['wide', 'light'],
    ['wide', 'dark'],
    ['narrow', 'light'],
    ['narrow', 'dark'],
    ['huge', 'light'],
  ];
}

async function take(page: Page, name: string): Promise<void> {
  // What was told of the scene before is over.
  await page.getByLabel('Dismiss').evaluateAll((buttons) => {
    for (const button of buttons) if (button instanceof HTMLElement) button.click();
  });
  // Nothing is taken with the pointer on it.
  await page.mouse.move(0, 0);
  for (const [size, theme] of shotsOf(name)) {
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await atRest(page);
    const folder = size !== 'huge' && kept.has(name) ? keptIn : lookedAtIn;
    const picture = sharp(await page.screenshot()).webp(webp);
    await picture.toFile(join(folder, `${name}-${size}-${theme}.webp`));
  }
  await page.setViewportSize(sizes.wide);
}

async function takeAll(page: Page, list: readonly Scene[]): Promise<void> {
  for (const { name, open, leave } of list) {
    await open(page);
    await take(page, name);
    await leave?.(page);
  }
}

async function takeDropped(page: Page, photo: string): Promise<void> {
  await dropOnWindow(page, [photo]);
  await expect(page.getByRole('list', { name: 'Results' }).getByRole('listitem').nth(5)).toBeVisible();
  await take(page, 'search-dropped');
}

/** @param photos the folder that is taken away meanwhile */
async function takeTroubles(page: Page, photos: string, library: string): Promise<void> {
  renameSync(photos, `${photos} in a drawer`);
  await goTo(page, 'Library');
  await expect(page.getByRole('img', { name: 'Offline' }).first()).toBeVisible();
  await take(page, 'library-offline');
  await goTo(page, 'Search');
  await take(page, 'search-offline');
  await goTo(page, 'Settings');
  await expect(page.getByText(/offline: not there at the moment/)).toBeVisible();
  await take(page, 'settings-offline');
  await goTo(page, 'Duplicates');
  await take(page, 'duplicates-offline');
  // An engine that is stopped answers nobody, and is neither lost nor started anew.
  const engine = engineProcessId(library);
  process.kill(engine, 'SIGSTOP');
  try {
    await goTo(page, 'Library');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
    await take(page, 'library-waiting');
  } finally {
    process.kill(engine, 'SIGCONT');
  }
}

test('every view is taken as a picture, light and dark, wide and narrow', async ({
  app,
  folder,
  library,
}) => {
  test.skip(!hasGroceries, 'without ../shared/data/grocery');
  test.setTimeout(1_800_000);
  const { page } = app;
  for (const each of [keptIn, lookedAtIn]) mkdirSync(each, { recursive: true });
  await page.setViewportSize(sizes.wide);
  await takeAll(page, emptyScenes);
  const photos = join(folder, 'Shop');
  await writeGroceries(photos);
  await addFolder(app, photos);
  await expect(page.getByRole('gridcell').nth(30)).toBeVisible({ timeout: 600_000 });
  await page.getByRole('contentinfo').getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('contentinfo')).toContainText('paused');
  await take(page, 'indexing');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('contentinfo')).toContainText('Ready', { timeout: 600_000 });
  await takeAll(page, scenes);
  await takeAll(page, settingsScenes);
  await takeDropped(page, join(photos, 'Papaya', readdirSync(join(photos, 'Papaya'))[0]));
  await takeTroubles(page, photos, library);
});
