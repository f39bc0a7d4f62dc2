/** Stories told with the keyboard alone: what is not reached with Tab and keys is not there for many people. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { exportedFile, ready } from './steps.ts';

/** More than any view has to tab through. */
const mostStops = 60;

const results = (page: Page): Locator => page.getByRole('list', { name: 'Results' }).getByRole('listitem');
const examples = (page: Page): Locator =>
  page.getByRole('region', { name: 'Examples' }).getByRole('listitem');

/** Presses Tab until something has the focus, and sees that the focus shows. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < mostStops; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expect(target).not.toHaveCSS('outline-style', 'none');
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`not reached with ${key}: ${target.toString()}`);
}

/** Moves along photos or results with an arrow key until one of a name has the focus. */
async function arrowTo(page: Page, name: RegExp): Promise<void> {
  for (let moves = 0; moves < mostStops; moves++) {
    const focused = await page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.querySelector('img')?.alt ?? '';
    });
    if (name.test(focused)) return;
    await page.keyboard.press('ArrowRight');
  }
  throw new Error(`no photo ${String(name)} on the way`);
}

function picture(page: Page, place: number): Locator {
  return results(page)
    .nth(place)
    .getByRole('button', { name: /^Find photos similar to/ });
}

/** Where the focus is, its ring is seen; nothing else tells a person where they are. */
test('a first search is made with the keyboard alone: folder, photo, match, reason and path', async ({
  app,
  photos,
}) => {
  test.slow();
  const { page, electron } = app;
  await electron?.evaluate(({ shell }) => {
    shell.showItemInFolder = () => undefined;
  });
  await tabTo(page, page.getByRole('button', { name: 'Add a folder of photos' }));
  await page.keyboard.press('Enter');
  const field = page.getByRole('dialog').getByRole('textbox', { name: 'Folder path' });
  await expect(field).toBeFocused();
  await page.keyboard.type(photos);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('gridcell')).toHaveCount(24, { timeout: 120_000 });

  await tabTo(page, page.getByRole('gridcell').first());
  await arrowTo(page, /^forests-3\.jpg/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'forests-3.jpg' })).toBeFocused();
  await tabTo(page, picture(page, 0));
  await page.keyboard.press('ArrowRight');
  await expect(picture(page, 1)).toBeFocused();

  await page.keyboard.press('v');
  await expect(page.getByRole('dialog', { name: /^Photo forests-/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picture(page, 1)).toBeFocused();
  await page.keyboard.press('w');
  const why = page.getByRole('dialog', { name: /^Why forests-.* was found$/ });
  await expect(why.getByRole('figure').first()).toContainText(/\d+ % of what speaks for the match lies/);
  await tabTo(page, why.getByRole('slider', { name: 'Heat map' }));
  await page.keyboard.press('Escape');
  await expect(picture(page, 1)).toBeFocused();
  await page.keyboard.press('r');
  // A browser cannot show the folder: then it says so, and has the path to be copied.
  await expect(page.getByRole('button', { name: 'Copy path', exact: true })).toBeVisible();
});

test('a search is steered with the keyboard alone: examples, weights, parts, slider, switches, filter, trail, file', async ({
  app,
  photos,
  folder,
}) => {
  test.slow();
  const { page } = app;
  await ready(app, photos);
  await page.getByRole('gridcell').first().focus();
  await arrowTo(page, /^forests-3\.jpg/);
  await page.keyboard.press('Enter');
  await tabTo(page, picture(page, 0));
  await arrowTo(page, /forests-5\.jpg/);
  await page.keyboard.press('+');
  await expect(examples(page)).toHaveCount(2);
  await arrowTo(page, /towns-1\.jpg/);
  await page.keyboard.press('-');
  await expect(examples(page)).toHaveCount(3);

  const weight = page.getByRole('slider', { name: 'Weight of forests-5.jpg' });
  await tabTo(page, weight, 'Shift+Tab');
  await page.keyboard.press('ArrowLeft');
  await expect(weight).toHaveAttribute('aria-valuenow', '19');
  await cropByKeys(page);

  const kindOrThing = page.getByRole('slider', { name: 'Kind or thing' });
  await tabTo(page, kindOrThing);
  await page.keyboard.press('End');
  await expect(kindOrThing).toHaveAttribute('aria-valuetext', /very same thing/);
  await tabTo(page, page.getByRole('button', { name: 'Whiten as in the recipe' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(kindOrThing).toBeFocused();
  await expect(kindOrThing).toHaveAttribute('aria-valuetext', 'As in the recipe');

  const expand = page.getByRole('switch', { name: 'Expand the query' });
  await tabTo(page, expand);
  await page.keyboard.press(' ');
  await expect(expand).toBeChecked();
  await filterByKeys(page);

  await page.keyboard.press('[');
  await expect(results(page)).toHaveCount(24);
  await page.keyboard.press(']');
  await expect(results(page)).toHaveCount(8);

  await tabTo(page, page.getByRole('button', { name: 'Saved searches' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Save this search…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('Woods');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved: Woods')).toBeVisible();

  await tabTo(page, page.getByRole('button', { name: 'Export the ranking' }));
  const file = await exportedFile(app, join(folder, 'exported.csv'), async () => {
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: /CSV/ })).toBeFocused();
    await page.keyboard.press('Enter');
  });
  expect(readFileSync(file, 'utf8').trim().split('\r\n')).toHaveLength(9);

  await tabTo(page, page.getByRole('button', { name: 'Take towns-1.jpg out of the query' }));
  await page.keyboard.press('Enter');
  await expect(examples(page)).toHaveCount(2);
  // What had the focus is gone; keys go on from the title of the new search.
  await expect(page.getByRole('heading', { name: '2 examples' })).toBeFocused();
});

/** Adds a crop and an area to ignore, moves and resizes them, and takes the area away again. */
async function cropByKeys(page: Page): Promise<void> {
  const opener = page.getByRole('button', { name: 'Crop or ignore parts of forests-3.jpg' });
  await tabTo(page, opener, 'Shift+Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const add = dialog.getByRole('button', { name: 'Add in the middle' });
  await tabTo(page, add);
  await page.keyboard.press('Enter');
  const part = dialog.getByRole('button', { name: /^Crop: / });
  await expect(part).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(dialog.getByRole('status')).not.toHaveText(/50 % wide and 50 % high/);
  await tabTo(page, dialog.getByLabel('Draw'));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, add);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: /^Ignored area: / })).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(dialog.getByRole('button', { name: /^Ignored area: / })).toHaveCount(0);
  await expect(add).toBeFocused();
  await tabTo(page, dialog.getByRole('button', { name: 'Search with this' }));
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await expect(opener).toHaveAttribute('aria-pressed', 'true');
}

async function filterByKeys(page: Page): Promise<void> {
  const filter = page.getByRole('button', { name: 'Filter', exact: true });
  await tabTo(page, filter);
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Filter photos' });
  await tabTo(page, panel.getByRole('combobox', { name: 'Subfolder' }));
  await page.keyboard.type('forests');
  await page.keyboard.press('Enter');
  await expect(results(page)).toHaveCount(8);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(filter).toBeFocused();
}
