import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './hosts.ts';
import { goTo, ready } from './steps.ts';

/** Adds the photos, waits until all are indexed, and opens the screen. */
async function tuning(app: RunningApp, path: string): Promise<void> {
  const { page } = app;
  await ready(app, path);
  await goTo(page, 'Tune');
  await expect(page.getByText('This is what is in service.')).toBeVisible();
}

async function openStage(page: Page, name: RegExp): Promise<Locator> {
  await page.getByRole('tab', { name }).click();
  return page.getByRole('tabpanel', { name });
}

/** Score and name of each of the best results for a photo of the library. */
async function search(page: Page, photo: RegExp, count: number): Promise<{ name: string; score: number }[]> {
  await goTo(page, 'Library');
  await page.getByRole('gridcell', { name: photo }).focus();
  await page.keyboard.press('Enter');
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.nth(count - 1)).toBeVisible();
  const texts = (await results.allInnerTexts()).slice(0, count);
  return texts.map((text) => ({
    name: /(\w+)-\d+\.jpg/.exec(text)?.[1] ?? text,
    score: Number(/-?\d\.\d{3}/.exec(text)?.[0]),
  }));
}

test('a person changes p and the dimension, sees what that does, applies it, searches with it, and goes back', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await tuning(app, photos);
  const before = await search(page, /forests-3\.jpg/, 6);
  await goTo(page, 'Tune');
  const samples = page.getByRole('article', { name: /^Results for/ });
  await expect(samples).toHaveCount(6);
  const quality = page.getByRole('region', { name: 'Quality' });
  await expect(quality).toContainText('Photos of the same folder are taken for matches');

  const pooling = await openStage(page, /^Pooling/);
  await pooling.getByRole('slider', { name: 'p of all taps' }).fill('2.5');
  await expect(page.getByRole('tab', { name: /^Pooling.*changed/ })).toContainText('2.5 · 2.5 · 2.5 · 2.5');
  const reduction = await openStage(page, /^Reduction/);
  await reduction.getByRole('spinbutton', { name: /^Dimension/ }).fill('12');
  await page.keyboard.press('Enter');
  await expect(
    page.getByText('The draft differs from what is in service: Pooling, Reduction.'),
  ).toBeVisible();

  await expect(samples.first().getByRole('list', { name: /^With the draft/ })).toBeVisible();
  await expect(samples.filter({ hasText: /\d (moved|new)/ }).first()).toBeVisible();
  await expect(quality.getByRole('row', { name: /^mAP/ })).toContainText(/\d\.\d{3}\s+\d\.\d{3}/);
  await expect(reduction.getByRole('img', { name: /the 12 that are kept/ })).toBeVisible();

  const apply = page.getByRole('region', { name: 'Apply' });
  await expect(apply).toContainText('No photo has to be read again.');
  await apply.getByRole('button', { name: 'Apply the draft' }).click();
  // The fit on so few photos is not what it will be.
  await expect(apply).toContainText(/200/);
  await expect(page.getByText('This is what is in service.')).toBeVisible();

  const after = await search(page, /forests-3\.jpg/, 6);
  expect(after.map(({ name }) => name)).toEqual(Array(6).fill('forests'));
  expect(after.map(({ score }) => score)).not.toEqual(before.map(({ score }) => score));

  await goTo(page, 'Tune');
  await page.getByRole('button', { name: 'Go back to the recipe before' }).click();
  await expect(page.getByRole('tab', { name: /^Reduction/ })).toContainText('PCA 256');
  await expect(page.getByText('This is what is in service.')).toBeVisible();
  const again = await search(page, /forests-3\.jpg/, 6);
  again.forEach(({ score }, i) => expect(score).toBeCloseTo(before[i].score, 2));
});

test('a draft that needs more of the photos says so, asks, reads them, and comes into service', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await tuning(app, photos);
  const sizes = await openStage(page, /^Size/);
  await sizes.getByRole('checkbox', { name: /^Scale 0\.25/ }).check();
  await expect(page.getByRole('tab', { name: /^Size/ })).toContainText('needs a look');
  await expect(sizes).toContainText(/24 photos must be read again/);

  await page.getByRole('button', { name: 'Apply the draft' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/24 photos go through the network again/);
  await dialog.getByRole('button', { name: 'Read them and apply' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('This is what is in service.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('tab', { name: /^Size/ })).toContainText('× 4');
  await expect(page.getByRole('article', { name: /^Results for/ }).first()).toBeVisible();
});

test('a recipe is exported, a file that holds none is refused, and the exported one is taken', async ({
  app,
  photos,
  folder,
}) => {
  const { page, electron } = app;
  await tuning(app, photos);
  await page.getByRole('button', { name: 'Very same thing' }).click();
  await expect(page.getByRole('tab', { name: /^Reduction/ })).toContainText('PCA 512');

  const file = join(folder, 'recipe.json');
  await electron?.evaluate(({ session }, path) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(path));
  }, file);
  const downloaded = electron ? null : page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await (await downloaded)?.saveAs(file);
  const read = (): unknown => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      return null;
    }
  };
  await expect.poll(read).toMatchObject({ version: 2, reduction: { kind: 'pca', dimension: 512 } });

  await page.getByRole('button', { name: 'Back to what is in service' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible();
  const input = page.getByLabel('Recipe to import');
  await input.setInputFiles(join(photos, 'broken.jpg'));
  await expect(page.getByRole('alert')).toContainText('broken.jpg is no JSON file');
  await input.setInputFiles(file);
  await expect(page.getByRole('tab', { name: /^Reduction/ })).toContainText('PCA 512');
  await expect(page.getByRole('alert')).toBeHidden();
});

test('the pipeline is walked through and changed with the keyboard alone', async ({ app, photos }) => {
  const { page } = app;
  await tuning(app, photos);
  await goTo(page, 'Library');
  await page.getByRole('gridcell', { name: /towns-7\.jpg/ }).focus();
  await page.keyboard.press('u');
  await expect(page.getByRole('article', { name: 'Results for towns-7.jpg' })).toBeVisible();

  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('tabpanel', { name: /^Model/ })).toContainText('only model that is installed');
  for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: /^Reduction/ })).toBeFocused();
  await page.getByRole('slider', { name: 'Whitening ε' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: /^Reduction.*changed/ })).toBeVisible();
  await page.keyboard.press('7');
  await expect(page.getByRole('tab', { name: /^Reduction/ })).toBeVisible();
  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('7');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});
