import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { photosPerFolder } from './photos.ts';
import { addFolder, goTo, ready } from './steps.ts';

test('a person measures the search, sees where it fails, compares two recipes, and checks the index', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await goTo(page, 'Quality');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing is measured yet.' })).toBeVisible();
  await expect(page.getByRole('radio', { name: /Folders 3 folders, 24 photos/ })).toBeChecked();
  await page.getByRole('button', { name: 'Measure the search' }).click();

  const figures = page.getByRole('region', { name: 'How good the search is' });
  await expect(figures).toContainText('24 searches; photos of the same folder are the matches.');
  await expect(figures.getByText('mAP').locator('..')).toHaveText(/mAP\s*[01]\.\d{3}/);
  await expect(figures.locator('canvas')).toBeVisible();
  await figures.getByText('The curve as a table').click();
  await expect(figures.getByRole('row')).toHaveCount(12);
  await expect(page.getByRole('region', { name: 'Searches that went worst' })).toContainText(
    /AP 0\.\d{3} · 7 matches|Every search found all/,
  );

  const comparison = page.getByRole('region', { name: 'Two recipes, search by search' });
  await comparison.getByRole('combobox', { name: 'B' }).selectOption('Very same thing');
  await comparison.getByRole('button', { name: 'Compare them' }).click();
  await expect(comparison).toContainText(/\d+ searches are better with B, \d+ worse, \d+ the same\./);
  await expect(comparison.getByRole('status')).toContainText(/mAP/);

  const health = page.getByRole('region', { name: 'Health of the search index' });
  await health.getByRole('button', { name: 'Check the index' }).click();
  await expect(health).toContainText('Every photo is compared, so that none is missed');
  const probe = page.getByRole('region', { name: 'Can folders be told apart?' });
  await probe.getByRole('button', { name: 'Guess' }).click();
  await expect(probe).toContainText(/of 24 photos in 3 folders/);

  // What was found is still there when one comes back.
  await page.keyboard.press('1');
  await page.keyboard.press('6');
  await expect(figures).toContainText('24 searches');
});

test('the search is measured by a file that names what belongs together', async ({ app, photos, folder }) => {
  const { page } = app;
  await ready(app, photos);
  await goTo(page, 'Quality');
  const file = join(folder, 'truth.json');
  const queries = [
    { query: 'forests-1.jpg', positives: ['forests-2.jpg', 'forests-3.jpg'] },
    { query: 'towns/towns-1.jpg', positives: ['towns-2.jpg'], crop: [0, 0, 160, 120] },
    { query: 'elsewhere.jpg', positives: ['towns-2.jpg'] },
  ];
  writeFileSync(file, JSON.stringify(queries));
  await page.getByRole('radio', { name: /^A file/ }).check();
  const measure = page.getByRole('button', { name: 'Measure the search' });
  await expect(measure).toBeDisabled();
  await page.getByLabel('Ground truth to measure by').setInputFiles(join(photos, 'broken.jpg'));
  await measure.click();
  await expect(page.getByRole('region', { name: 'What belongs together' }).getByRole('alert')).toContainText(
    'broken.jpg is no JSON',
  );
  await page.getByLabel('Ground truth to measure by').setInputFiles(file);
  await measure.click();
  const figures = page.getByRole('region', { name: 'How good the search is' });
  await expect(figures).toContainText('2 searches; a file names the matches.');
  await expect(figures).toContainText('Not in the library: 1 of the photos that the file names');
});

test('where folders tell nothing the search is measured by self-made pairs, which are made for it', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await addFolder(app, join(photos, 'towns'));
  await expect(page.getByRole('gridcell')).toHaveCount(photosPerFolder);
  await expect(page.getByRole('contentinfo')).toContainText('Ready');
  await goTo(page, 'Quality');
  const truth = page.getByRole('region', { name: 'What belongs together' });
  await expect(truth.getByRole('radio', { name: /^Folders It takes two folders/ })).toBeChecked();
  const measure = truth.getByRole('button', { name: 'Measure the search' });
  await expect(measure).toBeDisabled();
  await truth.getByRole('radio', { name: /^Self-made pairs/ }).check();
  await truth.getByRole('button', { name: 'Make pairs' }).click();
  await expect(truth.getByRole('radio', { name: /8 photos have altered copies/ })).toBeVisible({
    timeout: 60_000,
  });
  await measure.click();
  const figures = page.getByRole('region', { name: 'How good the search is' });
  await expect(figures).toContainText('a photo and its altered copies are the matches');
});
