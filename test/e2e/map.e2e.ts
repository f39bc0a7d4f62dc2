import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './hosts.ts';
import { goTo, ready } from './steps.ts';

/** Adds the photos and lays them out. */
async function mapped(app: RunningApp, path: string): Promise<Locator> {
  const { page } = app;
  await ready(app, path);
  await goTo(page, 'Map');
  await page.getByRole('button', { name: 'Make the map' }).click();
  const map = page.getByRole('application', { name: 'Map of the photos' });
  await expect(map).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('24 photos on the map, 24 in view')).toBeVisible();
  return map;
}

function statusOf(page: Page): Locator {
  return page.locator('main header').getByRole('status');
}

/** How much the colours of what is seen differ. */
async function contrast(seen: Locator): Promise<number> {
  const { channels } = await sharp(await seen.screenshot()).stats();
  return Math.max(...channels.map(({ stdev }) => stdev));
}

test('a person lays the photos out, draws around some, tags them and searches with them', async ({
  app,
  photos,
}) => {
  const { page } = app;
  const map = await mapped(app, photos);
  await expect(map).toHaveAttribute('data-shown', 'pictures');
  await expect.poll(() => contrast(map)).toBeGreaterThan(12);

  const box = await map.boundingBox();
  if (!box) throw new Error('the map is not shown');
  const [right, bottom] = [box.x + box.width - 6, box.y + box.height - 6];
  await page.getByRole('button', { name: 'Select by drawing around photos' }).click();
  await page.mouse.move(box.x + 70, box.y + 6);
  await page.mouse.down();
  for (const [x, y] of [
    [right, box.y + 6],
    [right, bottom],
    [box.x + 70, bottom],
  ]) {
    await page.mouse.move(x, y, { steps: 8 });
  }
  await page.mouse.up();
  const selected = page.getByRole('complementary', { name: 'Selected photos' });
  await expect(selected).toContainText('24 photos selected');
  await expect(selected.getByRole('listitem')).toHaveCount(24);

  await selected.getByRole('button', { name: 'Tag them…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'A tag for all of them' }).fill('drawn');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Gave “drawn” to 24 photos')).toBeVisible();

  await selected.getByRole('button', { name: 'Search with 16 of them' }).click();
  await expect(page.getByRole('heading', { name: '16 examples' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Results' }).getByRole('listitem').first()).toBeVisible();
});

test('the map is moved and chosen from with the keyboard alone', async ({ app, photos }) => {
  const { page } = app;
  const map = await mapped(app, photos);
  await map.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('+');
  await expect(statusOf(page)).not.toContainText('24 in view');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  await expect(map.getByRole('status')).toHaveText(/^In the middle: .*\.jpg$/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading')).toHaveText(/\.jpg$/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(map).toBeFocused();
  await page.keyboard.press(' ');
  await expect(page.getByRole('complementary', { name: 'Selected photos' })).toContainText(
    '1 photo selected',
  );
  await page.keyboard.press('0');
  await expect(statusOf(page)).toContainText('24 in view, 1 selected');
  await page.keyboard.press('Escape');
  await expect(statusOf(page)).not.toContainText('selected');
});

test('the map says which photos are not on it, and is made anew', async ({ app, photos, folder }) => {
  const { page } = app;
  await mapped(app, photos);
  const more = join(folder, 'more');
  await writePhoto(more, 'late.png', 77);
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder path' }).fill(more);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('main').getByRole('status')).toHaveText('25 photos');
  await goTo(page, 'Map');
  await expect(page.getByText('1 photo is not on it')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Make it anew' }).click();
  await expect(page.getByText('25 photos on the map')).toBeVisible({ timeout: 60_000 });
});
