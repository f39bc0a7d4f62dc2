import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { goTo, indexed } from './steps.ts';

async function searchWith(page: Page, name: RegExp): Promise<Locator> {
  await page.getByRole('gridcell', { name }).first().focus();
  await page.keyboard.press('Enter');
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.nth(2)).toBeVisible();
  return results;
}

/** Numbers of a table's last column, by the names of the rows. */
async function lastColumn(dialog: Locator): Promise<Map<string, number>> {
  const rows = await dialog.getByRole('table').getByRole('row').all();
  const numbers = new Map<string, number>();
  for (const row of rows.slice(1)) {
    const name = await row.getByRole('rowheader').innerText();
    const text = await row.getByRole('cell').last().innerText();
    numbers.set(name.trim(), Number(text.replace('−', '-')));
  }
  return numbers;
}

/** Whether anything is drawn on each of the canvases. */
function drawn(dialog: Locator): Promise<boolean[]> {
  return dialog.locator('canvas').evaluateAll((canvases) =>
    canvases.map((element) => {
      const canvas = element as HTMLCanvasElement;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.some((value) => value !== 0);
    }),
  );
}

test('a person asks why a photo was found, and sees where on both pictures and by which taps', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await indexed(app, photos);
  // Else the file may be known where it went, before it is asked about.
  await goTo(page, 'Settings');
  await page.getByRole('switch', { name: /^Watch folders/ }).uncheck();
  await goTo(page, 'Library');
  const second = (await searchWith(page, /forests-3\.jpg/)).nth(1);
  const score = /0\.\d{3}/.exec(await second.innerText())?.[0];
  await second.getByRole('button', { name: /^Why: / }).click();
  const dialog = page.getByRole('dialog', { name: /^Why .* was found$/ });
  await expect(dialog.getByRole('img', { name: /^Query: forests-3/ })).toBeVisible();
  await expect(dialog.getByText(/% of what speaks for the match lies/)).toHaveCount(2);
  expect(await drawn(dialog)).toEqual([true, true]);

  const numbers = await lastColumn(dialog);
  expect(numbers.get('Score')?.toFixed(3)).toBe(score);
  const taps = [...numbers].filter(([name]) => name.startsWith('b')).map(([, share]) => share);
  const constant = numbers.get('Constant: the mean of all photos') ?? NaN;
  const sum = taps.reduce((total, share) => total + share, constant);
  // Each number is rounded to a thousandth.
  expect(Math.abs(sum - Number(score))).toBeLessThan(0.004);
  await expect(dialog.getByText('approximate')).toBeHidden();

  await dialog.getByRole('slider', { name: 'Heat map' }).fill('0');
  await expect(dialog.locator('canvas').first()).toHaveCSS('opacity', '0');
});

test('the key w tells why, and closing gives the focus back', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  const picture = (await searchWith(page, /towns-2\.jpg/)).nth(2).locator('.picture');
  await picture.focus();
  await page.keyboard.press('w');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('table')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(picture).toBeFocused();
});

test('where a file has gone, the reasons say so, and are found once it is back', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  // Else the file may be known where it went, before it is asked about.
  await goTo(page, 'Settings');
  await page.getByRole('switch', { name: /^Watch folders/ }).uncheck();
  await goTo(page, 'Library');
  const second = (await searchWith(page, /beaches-1\.jpg/)).nth(1);
  const name = /[a-z]+-\d\.jpg/.exec(await second.innerText())?.[0] ?? '';
  const file = join(photos, name.split('-')[0], name);
  renameSync(file, `${file}.away`);
  await second.getByRole('button', { name: /^Why: / }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('alert')).toContainText('cannot be read');
  renameSync(`${file}.away`, file);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('table')).toBeVisible();
});
