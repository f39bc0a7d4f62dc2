import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './hosts.ts';
import { photosPerFolder } from './photos.ts';
import { dropOnWindow, exportedFile, goTo, ready } from './steps.ts';

const results = (page: Page): Locator => page.getByRole('list', { name: 'Results' }).getByRole('listitem');
const examples = (page: Page): Locator =>
  page.getByRole('region', { name: 'Examples' }).getByRole('listitem');

/** Gives the forests dates, one in each month. */
async function dateForests(photos: string): Promise<void> {
  for (let month = 1; month <= photosPerFolder; month++) {
    const path = join(photos, `forests/forests-${month}.jpg`);
    const dated = await sharp(readFileSync(path))
      .withExif({ IFD2: { DateTimeOriginal: `2024:0${month}:15 12:00:00` } })
      .jpeg({ quality: 92 })
      .toBuffer();
    writeFileSync(path, dated);
  }
}

/** Searches with a photo of the library. */
async function searchWith(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('gridcell', { name }).focus();
  await page.keyboard.press('Enter');
  await expect(results(page).first()).toBeVisible();
}

/** Presses a key on a result, as a person does who looks at it. */
async function pressOn(page: Page, name: string, key: string): Promise<void> {
  await page.getByRole('button', { name: `Find photos similar to ${name}` }).focus();
  await page.keyboard.press(key);
}

/** Three examples: two forests of which the first is cropped, and a town that is not wanted. */
async function steer(page: Page): Promise<void> {
  await searchWith(page, /forests-3\.jpg/);
  await pressOn(page, 'forests-5.jpg', '+');
  await expect(examples(page)).toHaveCount(2);
  await pressOn(page, 'towns-1.jpg', '-');
  await expect(page.getByRole('heading', { name: '3 examples, 1 unwanted' })).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Weight of towns-1.jpg' })).toHaveAttribute(
    'aria-valuetext',
    'less like this',
  );
  await expect(results(page).last()).toContainText('towns-');
  await crop(page, 'forests-3.jpg');
}

/** Draws a crop with the pointer, moves and resizes it with keys, and leaves out an area. */
async function crop(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Crop or ignore parts of ${name}` }).click();
  const dialog = page.getByRole('dialog');
  const box = await dialog.getByRole('img', { name }).boundingBox();
  if (!box) throw new Error('the picture is not shown');
  await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.2 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.4 * box.height);
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.8 * box.height);
  await page.mouse.up();
  const part = dialog.getByRole('button', { name: /^Crop: / });
  const before = await part.getAttribute('aria-label');
  await part.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(part).not.toHaveAttribute('aria-label', before ?? '');
  await dialog.getByLabel('Draw').selectOption({ label: 'an area to ignore' });
  await dialog.getByRole('button', { name: 'Add in the middle' }).click();
  await dialog.getByRole('spinbutton', { name: 'Width' }).fill('10');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('The ignored area is 10 % wide');
  await dialog.getByRole('button', { name: 'Search with this' }).click();
  await expect(dialog).toBeHidden();
}

/** Exports the ranking as a person does, and reads the file that comes of it once it is whole. */
async function exported(
  app: RunningApp,
  { to: path, as, end }: { to: string; as: RegExp; end: string },
): Promise<string> {
  const { page } = app;
  await exportedFile(app, path, async () => {
    await page.getByRole('button', { name: 'Export the ranking' }).click();
    await page.getByRole('menuitem', { name: as }).click();
  });
  await expect.poll(() => readFileSync(path, 'utf8')).toContain(end);
  return readFileSync(path, 'utf8');
}

test('a person steers a search by examples, parts, strength, switches and filters, goes back, saves it and exports it', async ({
  app,
  photos,
  folder,
}) => {
  test.slow();
  const { page } = app;
  await dateForests(photos);
  await ready(app, photos);
  await steer(page);

  const best = results(page).first();
  const kindOrThing = page.getByRole('slider', { name: 'Kind or thing' });
  await expect(kindOrThing).toHaveAttribute('aria-valuetext', 'As in the recipe');
  await expect(best).toContainText('forests-');
  const before = await best.innerText();
  await kindOrThing.focus();
  await page.keyboard.press('End');
  await expect(kindOrThing).toHaveAttribute('aria-valuetext', /very same thing/);
  await expect(best).not.toHaveText(before, { useInnerText: true });

  await page.getByRole('switch', { name: 'Expand the query' }).click();
  const order = page.getByRole('region', { name: 'Better order' });
  await expect(order).toContainText(/\d ms/);
  await expect(order).toContainText('Against the plain ranking');

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Filter photos' });
  await panel.getByRole('combobox', { name: 'Subfolder' }).fill('forests');
  await page.keyboard.press('Enter');
  await expect(results(page)).toHaveCount(photosPerFolder);
  await panel.getByLabel('From day').fill('2024-03-01');
  await panel.getByLabel('To day').fill('2024-05-31');
  await page.keyboard.press('Tab');
  await expect(results(page)).toHaveCount(3);
  await page.keyboard.press('Escape');

  const back = page.getByRole('button', { name: 'Query before' });
  await back.click();
  await back.click();
  await expect(results(page)).toHaveCount(photosPerFolder);
  await page.getByRole('button', { name: 'Query after' }).click();
  await page.getByRole('button', { name: 'Query after' }).click();
  await expect(results(page)).toHaveCount(3);

  await page.getByRole('button', { name: 'Saved searches' }).click();
  await page.getByRole('menuitem', { name: 'Save this search…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Woods in spring');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved: Woods in spring')).toBeVisible();

  const lines = (await exported(app, { to: join(folder, 'exported.csv'), as: /CSV/, end: '\r\n' }))
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain(join(photos, 'forests', 'forests-'));
  const sheet = await exported(app, {
    to: join(folder, 'exported.html'),
    as: /contact sheet/,
    end: '</html>',
  });
  const words = sheet.replaceAll(/;base64,[\w+/]+=*/g, ';base64');
  const picture = '<div class="frame"><img src="data:image/jpeg;base64"';
  expect(words.split(`<li><figure>${picture}`)).toHaveLength(4);
  // The query's examples, which may be files of no library, and the conditions that photos had to meet.
  expect(words).toContain(`<div><figure>${picture}`);
  expect(words).toMatch(/<p>3 photos, the most similar first<\/p>\n<p>.*forests · Taken .*<\/p>/);
});

test('a saved search is run, renamed and removed, and comes back with all its parts', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await steer(page);
  await page.getByRole('button', { name: 'Saved searches' }).click();
  await page.getByRole('menuitem', { name: 'Save this search…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Woods');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved: Woods')).toBeVisible();

  for (let left = 3; left > 0; left--) {
    await examples(page)
      .first()
      .getByRole('button', { name: /out of the query$/ })
      .click();
  }
  const saved = page.getByRole('list', { name: 'Saved searches' });
  await saved.getByRole('button', { name: /^Woods like/ }).click();
  await expect(examples(page)).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Crop or ignore parts of forests-3.jpg' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(results(page).last()).toContainText('towns-');

  await page.getByRole('button', { name: 'Saved searches' }).click();
  await page.getByRole('menuitem', { name: 'Rename or remove…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Rename Woods' }).click();
  await dialog.getByRole('textbox', { name: 'New name of Woods' }).fill('Trees');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Remove Trees' }).click();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(dialog).toContainText('There are none yet.');
});

test('an example is added from a file, and by dropping it on the examples', async ({ app, photos }) => {
  const { page } = app;
  await ready(app, photos);
  await searchWith(page, /beaches-1\.jpg/);
  await page.getByLabel('Photo to add to the query').setInputFiles(join(photos, 'beaches/beaches-2.jpg'));
  await expect(examples(page)).toHaveCount(2);
  const bytes = [...readFileSync(join(photos, 'beaches/beaches-3.jpg'))];
  await page.getByRole('region', { name: 'Examples' }).evaluate((section, data) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(data)], 'dropped.jpg', { type: 'image/jpeg' }));
    section.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, bytes);
  await expect(examples(page)).toHaveCount(3);
  await expect(examples(page).last()).toContainText('dropped.jpg');
  await goTo(page, 'Library');
  await searchWith(page, /towns-1\.jpg/);
  await expect(examples(page)).toHaveCount(1);
});

test('a large photo from elsewhere is shown small, the right way up', async ({ app, photos, folder }) => {
  const { page } = app;
  await ready(app, photos);
  const file = join(folder, 'upright.jpg');
  const [width, height] = [2400, 1600];
  // Grain, which takes many bytes, and lighter in the half that is the upper one once the photo is turned.
  const grain = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => ((i * 2_654_435_761) >>> 25) + (Math.floor(i / 3) % width < width / 2 ? 128 : 0),
  );
  await sharp(grain, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .withMetadata({ orientation: 6 })
    .toFile(file);
  expect(statSync(file).size).toBeGreaterThan(2_000_000);
  await dropOnWindow(page, [file]);
  const shown = page.getByRole('img', { name: 'Example: upright.jpg' });
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalHeight)).toBe(240);
  const {
    width: shownWidth,
    above,
    below,
  } = await shown.evaluate((image: HTMLImageElement) => {
    const context = new OffscreenCanvas(1, 2).getContext('2d');
    context?.drawImage(image, 0, 0, 1, 2);
    const [first, second] = [0, 1].map((y) => context?.getImageData(0, y, 1, 1).data[0] ?? 0);
    return { width: image.naturalWidth, above: first, below: second };
  });
  expect(shownWidth).toBe(160);
  expect(above - below).toBeGreaterThan(64);
});

test('a result is opened with the program of the system, or its path is told, and its path is copied', async ({
  app,
  photos,
}) => {
  const { page, electron } = app;
  await electron?.evaluate(({ shell }) => {
    shell.openPath = (path) => {
      (globalThis as { opened?: string }).opened = path;
      return Promise.resolve('');
    };
  });
  await ready(app, photos);
  await searchWith(page, /towns-1\.jpg/);
  const path = join(photos, 'towns', 'towns-1.jpg');
  await page.getByRole('button', { name: 'Open: towns-1.jpg' }).click();
  await expect(page.getByText(path).first()).toBeVisible();
  if (electron) {
    expect(await electron.evaluate(() => (globalThis as { opened?: string }).opened)).toBe(path);
  }
  await pressOn(page, 'towns-1.jpg', 'c');
  if (electron) {
    await expect.poll(() => electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(path);
  } else {
    // Where a browser keeps pages off the clipboard, the path is there to be copied by hand.
    await expect(page.getByText(path).last()).toBeVisible();
  }
});
