import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { goTo, ready } from './steps.ts';

/** A photo that is none of those in the folder. */
async function newPhoto(file: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  const raw = { width: 320, height: 240, channels: 3 } as const;
  const stripes = Uint8Array.from({ length: 320 * 240 * 3 }, (_, i) => (i * 7) % 251);
  await sharp(stripes, { raw }).jpeg().toFile(file);
}

test('a file that is copied into the folder appears by itself, and goes by itself', async ({
  app,
  photos,
  folder,
}) => {
  const { page } = app;
  await ready(app, photos);
  await newPhoto(join(folder, 'new.jpg'));
  copyFileSync(join(folder, 'new.jpg'), join(photos, 'towns/new.jpg'));
  await expect(page.getByRole('gridcell', { name: 'new.jpg' })).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('indexed 1');
  renameSync(join(photos, 'towns/new.jpg'), join(photos, 'beaches/renamed.jpg'));
  await expect(page.getByRole('gridcell', { name: 'renamed.jpg' })).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('moved 1');
  rmSync(join(photos, 'beaches/renamed.jpg'));
  await expect(page.getByRole('gridcell', { name: 'renamed.jpg' })).toBeHidden();
});

test('patterns say what they would leave out while they are typed, and take it out', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: /^Leave out/ }).click();
  const dialog = page.getByRole('dialog');
  // The broken file is a photo by its name.
  await expect(dialog.getByRole('status')).toContainText('25 photos kept');
  await dialog.getByRole('textbox').fill('forests/\ntowns-1.jpg');
  await expect(dialog.getByRole('status')).toContainText(/16 photos kept .* 9 left out/);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await goTo(page, 'Library');
  await expect(page.getByRole('gridcell')).toHaveCount(15);
});

test('a person says where a folder is now', async ({ app, photos, folder }) => {
  const { page } = app;
  await ready(app, photos);
  const elsewhere = join(folder, 'archive');
  renameSync(photos, elsewhere);
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: /^It is elsewhere/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder path' }).fill(elsewhere);
  await dialog.getByRole('button', { name: 'It is here' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(elsewhere, { exact: true })).toBeVisible();
  await expect(page.getByText(/offline: not there/)).toBeHidden();
});
