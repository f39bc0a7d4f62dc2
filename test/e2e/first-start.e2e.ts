/** The first start: a folder is added, and everything works with what is indexed so far. */
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import sharp from 'sharp';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './hosts.ts';
import { writePhotos } from './photos.ts';
import { addFolder, dropOnWindow, goTo } from './steps.ts';

const grocery = resolve('../shared/data/grocery');
/** So many that the others are still being indexed when the first have been searched. */
const others = 520;

/** Photos of two kinds, real ones where there are any, then many more; returns one of the first to search with. */
async function writeMany(folder: string): Promise<{ query: string; kind: RegExp }> {
  const first = join(folder, 'a');
  mkdirSync(first, { recursive: true });
  const isReal = existsSync(grocery);
  if (isReal) {
    for (const product of ['Arla-Standard-Milk', 'Bravo-Orange-Juice', 'Banana']) {
      for (const name of readdirSync(join(grocery, product)).slice(0, 12))
        cpSync(join(grocery, product, name), join(first, name));
    }
  } else await writePhotos(first);
  mkdirSync(join(folder, 'b'));
  for (let number = 0; number < others; number++) {
    const background = { r: number % 256, g: Math.floor(number / 3) % 256, b: 128 };
    await sharp({ create: { width: 40, height: 32, channels: 3, background } })
      .png({ compressionLevel: 1 })
      .toFile(join(folder, 'b', `${String(number).padStart(3, '0')}.png`));
  }
  if (!isReal) return { query: join(first, 'forests/forests-3.jpg'), kind: /forests/ };
  const milk = readdirSync(first).filter((name) => name.startsWith('Arla-Standard-Milk'));
  return { query: join(first, milk[3]), kind: /Arla-Standard-Milk/ };
}

/** Drops the folder on the window; a browser says that this does not work there, and how it does. */
async function addByDropping(app: RunningApp, path: string): Promise<void> {
  const { page, electron } = app;
  await dropOnWindow(page, [path]);
  if (electron) {
    await expect(page.getByText(`Added ${path}. Its photos are being indexed.`)).toBeVisible();
    return;
  }
  const notice = page.getByRole('status').filter({ hasText: 'A browser does not tell where' });
  await notice.getByRole('button', { name: 'Add a folder' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder path' }).fill(path);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
}

function results(page: Page) {
  return page.getByRole('list', { name: 'Results' }).getByRole('listitem');
}

test('while a first folder is still being indexed, its photos are searched, opened, explained and revealed', async ({
  app,
  folder,
}) => {
  // Timing the profiles reads sixty photos, and takes minutes where others use the machine.
  test.setTimeout(480_000);
  const { page, electron } = app;
  const photos = join(folder, 'photos');
  const { query, kind } = await writeMany(photos);
  await electron?.evaluate(({ shell }) => {
    shell.showItemInFolder = (path) => {
      (globalThis as { revealed?: string }).revealed = path;
    };
  });
  await expect(page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(1);
  await addByDropping(app, photos);

  const bar = page.getByRole('contentinfo');
  const offer = page.getByRole('complementary', { name: 'How thoroughly photos are read' });
  await expect(offer).toContainText(/Reading \d+ photos more takes about \d+ (s|min) on this machine/, {
    timeout: 240_000,
  });
  await bar.getByRole('button', { name: 'Pause' }).click();
  await expect(bar).toContainText(/Indexing \d+ of \d+ · paused/);
  await expect(page.getByRole('gridcell').first()).toBeVisible();

  await dropOnWindow(page, [query]);
  await expect(page.getByText(/compared, which are all that are indexed so far/)).toBeVisible();
  const best = results(page).first();
  await expect(best).toContainText(basename(query));
  await expect(best).toContainText('1.000');
  await expect(results(page).nth(1)).toContainText(kind);

  await best.locator('.picture').focus();
  await page.keyboard.press('v');
  await expect(page.getByRole('dialog', { name: `Photo ${basename(query)}` })).toBeVisible();
  await page.keyboard.press('Escape');
  await results(page).nth(1).locator('.picture').focus();
  await page.keyboard.press('w');
  const why = page.getByRole('dialog', { name: /^Why .* was found$/ });
  await expect(why.getByText(/% of what speaks for the match lies/)).toHaveCount(2);
  await page.keyboard.press('Escape');
  await best.getByRole('button', { name: /^Reveal in folder/ }).click();
  await expect(page.getByText(query).first()).toBeVisible();
  if (electron) {
    expect(await electron.evaluate(() => (globalThis as { revealed?: string }).revealed)).toBe(query);
  }
  await expect(bar).toContainText('paused');

  // The photos that are left, and those that are indexed, are read the fast way from now on.
  await goTo(page, 'Library');
  await offer.getByRole('button', { name: /^Fast: about/ }).click();
  await expect(offer).toBeHidden();
  await goTo(page, 'Settings');
  await expect(page.getByRole('listitem', { name: 'Fast', exact: true })).toContainText('in use', {
    timeout: 120_000,
  });
  await expect(bar).toContainText(/^Indexing \d+ of \d+/, { timeout: 60_000 });
});

test('several photos that are dropped become several examples, and those dropped on them more', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await addFolder(app, photos);
  await expect(page.getByRole('gridcell')).toHaveCount(24, { timeout: 90_000 });
  await dropOnWindow(page, [join(photos, 'towns/towns-1.jpg'), join(photos, 'towns/towns-2.jpg')]);
  await expect(page.getByRole('heading', { name: '2 examples' })).toBeVisible();
  await expect(results(page).nth(2)).toContainText('towns');
});
