/** Looking through the library: order, groups, filter, selection, tags, ratings, the viewer and the palette. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page, Request } from '@playwright/test';
import Database from 'better-sqlite3';
import { expect, test } from './fixtures.ts';
import { goTo, ready } from './steps.ts';

function cell(page: Page, name: string): Locator {
  return page.getByRole('gridcell', { name: new RegExp(`^${name.replace('.', '\\.')}`) });
}

function selected(page: Page): Locator {
  return page.getByRole('gridcell', { selected: true });
}

function firstName(page: Page): Promise<string | null> {
  return page.getByRole('gridcell').first().getAttribute('aria-label');
}

test('a person puts photos in order and in groups, and finds some by a filter', async ({ app, photos }) => {
  const { page } = app;
  await ready(app, photos);
  await page.getByRole('button', { name: 'Direction: A to Z' }).click();
  await expect.poll(() => firstName(page)).toBe('towns-8.jpg');
  await page.getByLabel('Groups').selectOption('By folder');
  await expect(page.getByRole('rowheader').first()).toHaveText('photos / towns 8');
  await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
  await expect.poll(() => firstName(page)).toBe('beaches-1.jpg');
  await page.getByLabel('Groups').selectOption('By month');
  await expect(page.getByRole('rowheader')).toHaveCount(1);
  await expect(page.getByRole('rowheader')).toHaveText('Date unknown 24');
  await page.getByLabel('Groups').selectOption('No groups');

  await page.getByRole('button', { name: 'Filter' }).click();
  const panel = page.getByRole('dialog', { name: 'Filter photos' });
  await expect(panel.getByRole('checkbox', { name: 'JPEG' })).toBeVisible();
  await panel.getByRole('combobox', { name: 'Subfolder' }).fill('forests');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('gridcell')).toHaveCount(8);
  await expect(page.getByText('8 of 24 photos')).toBeVisible();

  // Opened again, the window shows what it showed.
  await page.reload();
  await expect(page.getByText('8 of 24 photos')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Order' })).toHaveValue('name');
  await page.getByRole('button', { name: 'Remove: Below forests' }).click();
  await expect(page.getByRole('gridcell')).toHaveCount(24);
  await expect(page.getByRole('button', { name: 'Filter' })).toBeFocused();
});

test('photos that were scrolled to stay where they are while the library grows around them', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await page.setViewportSize({ width: 900, height: 420 });
  await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
  await expect.poll(() => firstName(page)).toBe('beaches-1.jpg');
  const grid = page.getByRole('grid', { name: 'Photos' });
  await grid.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  await expect.poll(() => grid.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(100);
  const top = await grid.evaluate((element) => element.getBoundingClientRect().top);
  const inSight = await page
    .getByRole('gridcell')
    .evaluateAll(
      (cells, edge) => cells.find((each) => each.getBoundingClientRect().top >= edge)?.ariaLabel ?? '',
      top,
    );
  const place = (): Promise<number> =>
    cell(page, inSight).evaluate((element) => Math.round(element.getBoundingClientRect().top));
  const before = await place();

  // Photos above it, which the watching engine finds by itself: one, with which all rows break elsewhere, then whole rows.
  const add = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      cpSync(join(photos, 'towns', 'towns-1.jpg'), join(photos, 'beaches', `another-${i}.jpg`));
    }
    await expect(page.getByRole('contentinfo')).toContainText(`${24 + to} photos`, { timeout: 60_000 });
    await expect(page.getByRole('contentinfo')).toContainText('Ready');
    await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(3);
  };
  await add(0, 1);
  await add(1, 12);
});

test('a photo shows its colours until its thumbnail is there', async ({ app, photos }) => {
  const { page } = app;
  await ready(app, photos);
  const holding: (() => void)[] = [];
  await page.route('**/thumbnails/*', async (route) => {
    await new Promise<void>((go) => holding.push(go));
    await route.continue();
  });
  await page.reload();
  const forest = cell(page, 'forests-1.jpg');
  const background = (): Promise<string> =>
    forest.evaluate((element) => getComputedStyle(element).backgroundImage);
  await expect.poll(background).toMatch(/^url\("data:image\/png;base64,/);
  // Dark green, as its trees are.
  const [red, green, blue] = await forest.evaluate(async (element) => {
    const picture = new Image();
    picture.src = getComputedStyle(element).backgroundImage.slice(5, -2);
    await picture.decode();
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas?.drawImage(picture, 0, 0, 1, 1);
    return [...(canvas?.getImageData(0, 0, 1, 1).data ?? [])];
  });
  expect(green).toBeGreaterThan(Math.max(red, blue));
  for (const go of holding) go();
  await expect.poll(background).toBe('none');
});

test('photos are selected, tagged and rated with the keyboard alone, and all of it is taken back', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await cell(page, 'beaches-1.jpg').focus();
  await page.keyboard.press('Home');
  await expect(selected(page)).toHaveCount(1);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(selected(page)).toHaveCount(3);
  await expect(cell(page, 'beaches-3.jpg')).toBeFocused();
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText('3 photos selected');

  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Tags of 3 photos');
  await page.keyboard.type('sea');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Gave “sea” to 3 photos')).toBeVisible();

  await page.keyboard.press('4');
  await expect(page.getByRole('gridcell', { name: /4 stars$/ })).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Taken back: Rated 3 photos with 4')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: /4 stars$/ })).toHaveCount(0);

  await page.keyboard.press('Control+a');
  await expect(selected(page)).toHaveCount(24);
  await page.keyboard.press('Escape');
  await expect(selected(page)).toHaveCount(0);

  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'A tag that the photos have' }).fill('SEA');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('gridcell')).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await expect(page.getByText('No photo meets all of these conditions.')).toBeVisible();
});

test('clicks select photos, one by one and in ranges, and a menu says what can be done', async ({
  app,
  folder,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await cell(page, 'beaches-2.jpg').click();
  await cell(page, 'beaches-5.jpg').click({ modifiers: ['Shift'] });
  await expect(selected(page)).toHaveCount(4);
  await cell(page, 'beaches-3.jpg').click({ modifiers: ['Control'] });
  await expect(selected(page)).toHaveCount(3);

  await cell(page, 'beaches-8.jpg').click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Actions' });
  await expect(menu.getByRole('menuitem', { name: 'Find similar photos' })).toBeVisible();
  await menu.getByRole('menuitem', { name: 'Move to the bin' }).click();
  const path = join(folder, 'photos', 'beaches', 'beaches-8.jpg');
  await expect(page.getByRole('dialog')).toContainText(path);
  await page.getByRole('dialog').getByRole('button', { name: 'Move to the bin' }).click();
  await expect(page.getByText('1 photo moved to the bin')).toBeVisible();
  expect(existsSync(path)).toBe(false);
  await expect(page.getByRole('gridcell')).toHaveCount(23);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 photo brought back from the bin')).toBeVisible();
  expect(existsSync(path)).toBe(true);
});

test('a photo is looked at closely, and the next one after it', async ({ app, photos }) => {
  const { page } = app;
  await ready(app, photos);
  await cell(page, 'forests-1.jpg').focus();
  await page.keyboard.press(' ');
  const viewer = page.getByRole('dialog', { name: /^Photo / });
  await expect(viewer).toHaveAccessibleName('Photo forests-1.jpg');
  await expect(viewer.getByRole('img', { name: 'forests-1.jpg' })).toHaveJSProperty('naturalWidth', 320);
  await page.keyboard.press('ArrowRight');
  await expect(viewer).toHaveAccessibleName('Photo forests-2.jpg');
  await page.keyboard.press('+');
  await expect(viewer).toContainText('125 %');
  await page.keyboard.press('0');
  await expect(viewer).toContainText('100 %');
  await page.keyboard.press('i');
  await expect(viewer.getByRole('complementary', { name: 'Facts' })).toContainText('320 × 240');
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();
  await expect(cell(page, 'forests-2.jpg')).toBeFocused();
  await cell(page, 'forests-4.jpg').dblclick();
  await expect(viewer).toHaveAccessibleName('Photo forests-4.jpg');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'forests-4.jpg' })).toBeVisible();
});

test('everything can be done from the palette, which says what cannot be done and why', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Actions' });
  const offered = page.getByRole('listbox', { name: 'Actions' }).getByRole('option');
  await expect(field).toBeFocused();
  await field.fill('query');
  await expect(offered.first()).toContainText('There is no query before');
  await field.fill('gmon');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('rowheader')).toHaveText('Date unknown 24');
  await page.keyboard.press('Control+k');
  await expect(offered.first()).toHaveText('Group the library by month');
  await field.fill('settings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toContainText('Find similar photos');
});

/** From the top of the library to its end in a hundred jumps, a frame each: what was made and asked for on the way. */
async function scrolledThrough(page: Page): Promise<{ mostElements: number; thumbnails: number }> {
  let thumbnails = 0;
  const count = (request: Request): void => {
    if (request.url().includes('/thumbnails/')) thumbnails += 1;
  };
  page.on('request', count);
  const mostElements = await page.getByRole('grid', { name: 'Photos' }).evaluate(async (grid) => {
    const steps = 100;
    let most = 0;
    for (let step = 1; step <= steps; step++) {
      grid.scrollTop = (step / steps) * grid.scrollHeight;
      await new Promise(requestAnimationFrame);
      most = Math.max(most, document.querySelectorAll('*').length);
    }
    return most;
  });
  await expect(cell(page, 'towns-8.jpg')).toBeVisible();
  page.off('request', count);
  return { mostElements, thumbnails };
}

test('of very many photos only those in sight exist, at the top as at the end', async ({
  app,
  library,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  const database = new Database(join(library, 'library.sqlite'));
  database.exec(`
    WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000)
    INSERT INTO photos (folderId, directory, name, sizeBytes, modifiedAtMs, addedAtMs, contentId)
    SELECT folderId, 'many', printf('copy-%05d.jpg', n), 1, 1, 1, contentId
    FROM many JOIN (SELECT folderId, contentId FROM photos WHERE contentId IS NOT NULL LIMIT 1)`);
  database.close();
  await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
  await expect(page.getByText('20,024 photos', { exact: true })).toBeVisible();
  expect(await page.getByRole('gridcell').count()).toBeLessThan(150);
  const { mostElements, thumbnails } = await scrolledThrough(page);
  expect(mostElements).toBeLessThan(2500);
  expect(thumbnails).toBeLessThan(1500);
  await expect(cell(page, 'towns-8.jpg').locator('img')).toBeVisible();
  await page.getByRole('gridcell').first().focus();
  await page.keyboard.press('End');
  await expect(cell(page, 'towns-8.jpg')).toBeFocused();
  expect(await page.locator('*').count()).toBeLessThan(2500);
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText('20,024 photos selected');
  await goTo(page, 'Search');
  await goTo(page, 'Library');
  await expect(cell(page, 'towns-8.jpg')).toBeVisible();
});
