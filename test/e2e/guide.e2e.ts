/** Reading the guide in the app, with the keyboard where that is how a reader goes. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const guide = (page: Page): Locator => page.getByRole('dialog', { name: 'Guide' });
const heading = (page: Page, name: string): Locator =>
  guide(page).getByRole('article').getByRole('heading', { name, exact: true });

async function openGuide(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Add a folder of photos' })).toBeVisible();
  await page.keyboard.press('F1');
  await expect(heading(page, 'Guide')).toBeFocused();
}

test('F1 opens the guide; a page is found, a link followed, and the way goes back to where one was', async ({
  app: { page },
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const addFolder = page.getByRole('button', { name: 'Add a folder of photos' });
  await addFolder.focus();
  await openGuide(page);

  await guide(page).getByRole('searchbox').fill('whitening regularised variance');
  await expect(guide(page).getByRole('status')).toContainText('section');
  await guide(page).getByRole('searchbox').fill('places counterpart stretch');
  await guide(page).getByRole('list', { name: 'Found in the guide' }).getByRole('link').first().click();
  await expect(heading(page, 'A better order')).toBeFocused();
  await expect(heading(page, 'A better order')).toBeInViewport();

  await guide(page).getByRole('link', { name: 'Models', exact: true }).click();
  await expect(heading(page, 'Models and licences')).toBeFocused();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(heading(page, 'How the search works')).toBeAttached();
  await expect(heading(page, 'Models and licences')).toHaveCount(0);
  await guide(page).getByRole('button', { name: 'Forward' }).click();
  await expect(heading(page, 'Models and licences')).toBeFocused();

  await page.keyboard.press('Escape');
  await expect(guide(page)).toBeHidden();
  await expect(addFolder).toBeFocused();
  expect(complaints).toEqual([]);
});

test('formulas and pictures of the guide are there, and papers open outside', async ({ app: { page } }) => {
  await openGuide(page);
  await guide(page).getByRole('navigation').getByRole('link', { name: 'How the search works' }).click();
  await expect(heading(page, 'How the search works')).toBeFocused();
  const formula = guide(page).locator('math[display=block]').first();
  await expect(formula).toBeVisible();
  expect((await formula.boundingBox())?.height).toBeGreaterThan(30);
  const paper = guide(page).getByRole('link', { name: /Fine-tuning CNN image retrieval/ });
  await expect(paper).toHaveAttribute('target', '_blank');
  await expect(paper).toHaveAttribute('rel', 'noopener noreferrer');

  await guide(page).getByRole('navigation').getByRole('link', { name: 'Getting started' }).click();
  const picture = guide(page)
    .getByRole('img', { name: /^Results of a search/ })
    .first();
  await picture.scrollIntoViewIfNeeded();
  await expect
    .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(100);
});

test('a narrow window shows the guide without the list beside it, which is a button away', async ({
  app: { page },
}) => {
  await page.setViewportSize({ width: 700, height: 700 });
  await openGuide(page);
  await expect(guide(page).getByRole('navigation')).toBeHidden();
  await guide(page).getByRole('article').getByRole('link', { name: 'Privacy' }).click();
  await expect(heading(page, 'Privacy')).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await guide(page).getByRole('button', { name: 'Contents' }).click();
  await expect(heading(page, 'Guide')).toBeFocused();
});
