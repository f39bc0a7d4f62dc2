/** `semblance photo.jpg` where there is no window: the browser searches. */
import { join } from 'node:path';
import { requestAddress } from '../../src-main/server/index.ts';
import { expect, test } from './fixtures.ts';
import { openChromiumAt, startSemblance } from './hosts.ts';
import { goTo, indexed } from './steps.ts';

test('a running server gives its page the photo and the folder of a second start', async ({
  app,
  library,
  photos,
}) => {
  await indexed(app, photos);
  const { page } = app;
  const second = await requestAddress(library, [join(photos, 'beaches/beaches-5.jpg'), photos]);
  await expect(page.getByRole('heading', { name: 'beaches-5.jpg' })).toBeVisible();
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Folder path' })).toHaveValue(photos);
  expect(second).toContain('token=');
});

test('a photo that Semblance is started with where there is no window is searched with in the browser', async ({
  app,
  library,
  photos,
}) => {
  await indexed(app, photos);
  await app.close();
  const started = ['--library', library, join(photos, 'towns/towns-2.jpg')];
  const again = await openChromiumAt(
    await startSemblance(library, started, { DISPLAY: '', WAYLAND_DISPLAY: '' }),
  );
  await expect(again.page.getByRole('heading', { name: 'towns-2.jpg' })).toBeVisible();
  const results = again.page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.first()).toContainText('towns-2.jpg');
  await again.close();
});

test('the theme that is chosen on a page in a browser is kept', async ({ app }) => {
  const { page } = app;
  await goTo(page, 'Settings');
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByLabel('Theme').selectOption('Dark');
  await expect.poll(ground).toBe('rgb(22, 21, 19)');
  await page.reload();
  await expect.poll(ground).toBe('rgb(22, 21, 19)');
  await goTo(page, 'Settings');
  await page.getByLabel('Theme').selectOption('Light');
  await expect.poll(ground).toBe('rgb(246, 245, 242)');
});
