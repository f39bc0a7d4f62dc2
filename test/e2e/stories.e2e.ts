import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { indexed, goTo } from './steps.ts';

function results(page: Page) {
  return page.getByRole('list', { name: 'Results' }).getByRole('listitem');
}

/** The kinds of the first results, read from their file names. */
async function kindsOfBest(page: Page, count: number): Promise<string[]> {
  await expect(results(page).nth(count - 1)).toBeVisible();
  const texts = await results(page).allInnerTexts();
  return texts.slice(0, count).map((text) => /(beaches|forests|towns)-\d/.exec(text)?.[1] ?? text);
}

test('a person adds a folder, sees its photos, and finds similar ones with Enter', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await indexed(app, photos);
  const cell = page.getByRole('gridcell', { name: /forests-3\.jpg/ });
  await cell.focus();
  await page.keyboard.press('Enter');
  expect(await kindsOfBest(page, 5)).toEqual(Array(5).fill('forests'));
  await expect(results(page).first()).toContainText('forests-3.jpg');
  await expect(results(page).first()).toContainText('1.000');
});

test('a photo from elsewhere is picked, and its kin are found', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await goTo(page, 'Search');
  await page.locator('input[type=file]').first().setInputFiles(join(photos, 'towns/towns-2.jpg'));
  expect(await kindsOfBest(page, 4)).toEqual(Array(4).fill('towns'));
});

test('a photo is pasted anywhere, and its kin are found', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  const bytes = [...readFileSync(join(photos, 'beaches/beaches-5.jpg'))];
  await page.evaluate((data) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(data)], 'pasted.jpg', { type: 'image/jpeg' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }));
  }, bytes);
  expect(await kindsOfBest(page, 4)).toEqual(Array(4).fill('beaches'));
});

test('a file that is no photo is refused in plain words', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await goTo(page, 'Search');
  await page.locator('input[type=file]').first().setInputFiles(join(photos, 'broken.jpg'));
  await expect(page.getByRole('alert')).toBeVisible();
});

test('a result tells what is known of its photo', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await goTo(page, 'Search');
  await page.locator('input[type=file]').first().setInputFiles(join(photos, 'towns/towns-2.jpg'));
  const button = page.getByRole('button', { name: 'Details: towns-2.jpg' });
  await button.click();
  const details = page.getByLabel('Details of towns-2.jpg');
  await expect(details).toContainText('320 × 240');
  await expect(details).toContainText('JPEG');
  await button.click();
  await expect(details).toBeHidden();
});

test('a person allows larger photos', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await goTo(page, 'Settings');
  const field = page.getByLabel('Leave out photos with more than');
  await expect(field).toHaveValue('150');
  await field.fill('200');
  await field.press('Enter');
  await goTo(page, 'Search');
  await goTo(page, 'Settings');
  await expect(field).toHaveValue('200');
});

test('a folder is forgotten only after asking, and its files stay', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await goTo(page, 'Settings');
  await page
    .getByRole('button', { name: /^Remove/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/never\s+touched/i);
  await dialog.getByRole('button', { name: 'Remove folder' }).click();
  await expect(dialog).toBeHidden();
  await goTo(page, 'Library');
  await expect(page.getByRole('button', { name: 'Add a folder of photos' })).toBeVisible();
  expect(readFileSync(join(photos, 'towns/towns-1.jpg')).length).toBeGreaterThan(0);
});
