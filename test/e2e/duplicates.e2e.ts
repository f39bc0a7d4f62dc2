import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeDuplicates } from '../fixtures/duplicate-photos.ts';
import { expect, test } from './fixtures.ts';
import { openApp, type RunningApp } from './hosts.ts';
import { addFolder, goTo } from './steps.ts';

function groups(page: Page) {
  return page.getByRole('list', { name: 'Groups' }).getByRole('button');
}

/** Photos with duplicates, all indexed and compared. */
async function withDuplicates(app: RunningApp, photos: string): Promise<void> {
  await writeDuplicates(photos);
  await addFolder(app, photos);
  await expect(app.page.getByRole('contentinfo')).toContainText('Ready', { timeout: 60_000 });
  await goTo(app.page, 'Duplicates');
  await expect(groups(app.page).first()).toBeVisible();
}

/** Sets the threshold where it is on the histogram. */
async function pointAt(page: Page, similarity: number): Promise<void> {
  const threshold = page.getByRole('slider', { name: 'Least similarity' });
  const least = Number(await threshold.getAttribute('min'));
  const histogram = page.getByRole('img', { name: /^Photos by how alike/ });
  const { width, height } = (await histogram.boundingBox()) ?? { width: 0, height: 0 };
  await histogram.click({ position: { x: ((similarity - least) / (1 - least)) * width, y: height / 2 } });
  await expect(threshold).toHaveValue(String(similarity));
}

test('a person cleans up: a threshold, a pair compared, one kept, one binned, undo, a mark, and all of it after a restart', async ({
  app,
  folder,
  library,
}) => {
  test.slow();
  const photos = join(folder, 'photos');
  const { page } = app;
  await withDuplicates(app, photos);

  const threshold = page.getByRole('slider', { name: 'Least similarity' });
  const before = await threshold.getAttribute('aria-valuetext');
  await pointAt(page, 0.9);
  await expect(threshold).not.toHaveAttribute('aria-valuetext', before ?? '');
  await page.getByLabel('Kind').selectOption('Same file');
  await expect(groups(page)).toHaveCount(1);
  await expect(groups(page)).toHaveAccessibleName('Same file: towns-1.jpg, 2 photos');

  const group = page.getByRole('region', { name: 'Group' });
  await expect(group).toContainText('Keep towns-1.jpg: the oldest file');
  await group.getByRole('button', { name: 'Flicker' }).click();
  await expect(group.getByRole('button', { name: 'Show the other photo' })).toBeVisible();
  await page.keyboard.press('f');

  await lookClosely(page);

  // The copy, rather than the original that is suggested.
  await group.getByRole('button', { name: 'Keep towns-1 (1).jpg' }).click();
  await expect(group).toContainText('Keep towns-1 (1).jpg: you chose it');
  await expect(group.getByRole('button', { name: 'Keep towns-1 (1).jpg' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(groups(page)).toHaveAccessibleName('Same file: towns-1 (1).jpg, 2 photos, which you keep');

  const original = join(photos, 'towns', 'towns-1.jpg');
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(original);
  await expect(dialog).toContainText('towns-1 (1).jpg stays.');
  await dialog.getByRole('button', { name: 'Move to the bin' }).click();
  await expect(dialog).toBeHidden();
  expect(existsSync(original)).toBe(false);
  await expect(groups(page)).toHaveCount(0);

  await page.getByRole('button', { name: 'Undo: Moved 1 file to the bin' }).click();
  await expect(groups(page)).toHaveCount(1);
  expect(existsSync(original)).toBe(true);

  // What is kept is not for the bin, also when all are kept.
  await group.getByRole('button', { name: 'Keep towns-1.jpg' }).click();
  await expect(group.getByRole('button', { name: 'Bin the other…' })).toBeDisabled();
  await page.getByRole('button', { name: 'Undo: Chose to keep towns-1.jpg' }).click();
  await expect(group.getByRole('button', { name: 'Bin the other…' })).toBeEnabled();

  await page.getByLabel('Kind').selectOption('Same picture');
  const small = groups(page).filter({ hasText: 'towns-2.jpg' });
  await expect(small).toBeVisible();
  const marked = await groups(page).count();
  await small.click();
  await group.getByRole('button', { name: 'Not duplicates' }).click();
  await expect(small).toHaveCount(0);

  await app.close();
  const again = await openApp(app.host, library, [folder]);
  await goTo(again.page, 'Duplicates');
  await again.page.getByRole('slider', { name: 'Least similarity' }).fill('0.9');
  await again.page.getByLabel('Kind').selectOption('Same picture');
  await expect(groups(again.page)).toHaveCount(marked - 1);
  await again.page.getByLabel('Kind').selectOption('Same file');
  await expect(again.page.getByRole('region', { name: 'Group' })).toContainText(
    'Keep towns-1 (1).jpg: you chose it',
  );
  await again.page.getByLabel('Kind').selectOption('Same picture');
  await expect(groups(again.page)).toHaveCount(marked - 1);
  await again.page.getByRole('button', { name: 'Undo: Marked 1 pair as no duplicates' }).click();
  await expect(groups(again.page)).toHaveCount(marked);
  await again.close();
});

/** Of the group that is looked at: the same part of both photos, by keys and by the wheel, and the other one kept and let go. */
async function lookClosely(page: Page): Promise<void> {
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Compare two photos' });
  const pictures = dialog.getByRole('img', { name: /^towns-1/ });
  await expect(pictures).toHaveCount(2);
  for (const picture of await pictures.all()) {
    await expect(picture).toHaveJSProperty('naturalWidth', 320);
    await expect(picture).not.toHaveClass(/waiting/);
  }
  await expect(dialog.getByRole('row', { name: /^Pixels/ })).toContainText('320 × 240');
  const zoom = dialog.getByRole('status', { name: 'Zoom' });
  await page.keyboard.press('+');
  await expect(zoom).toHaveText('140 %');
  await pictures.first().hover();
  await page.mouse.wheel(0, -100);
  await expect(zoom).toHaveText('196 %');
  await page.keyboard.press('ArrowRight');
  const places = await pictures.evaluateAll((all) => all.map((each) => each.parentElement?.style.transform));
  expect(places[0]).toContain('scale(1.96)');
  expect(places[1]).toBe(places[0]);
  await page.keyboard.press('0');
  await expect(zoom).toHaveText('100 %');

  await page.keyboard.press('f');
  await expect(dialog.getByRole('button', { name: 'Show the other' })).toBeVisible();
  await page.keyboard.press('o');
  await expect(dialog.getByRole('button', { name: 'Show the kept one' })).toBeVisible();
  await expect(dialog.getByRole('img', { name: 'towns-1 (1).jpg' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(dialog.getByRole('columnheader').first()).toContainText('towns-1 (1).jpg');
  await expect(dialog.getByRole('button', { name: 'Keep towns-1 (1).jpg' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  // Where it stands first now.
  await page.keyboard.press('j');
  await expect(dialog.getByRole('columnheader').first()).toContainText(/towns-1\.jpg/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

test('a person goes through duplicates with the keyboard alone', async ({ app, folder }) => {
  const { page } = app;
  await withDuplicates(app, join(folder, 'photos'));
  await groups(page).first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(groups(page).nth(1)).toBeFocused();
  await expect(groups(page).nth(1)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('Home');
  await expect(groups(page).first()).toBeFocused();
});
