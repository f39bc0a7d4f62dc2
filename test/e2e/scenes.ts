/** Everything that can be on screen, one after the other: what is looked at by rules (axe-core) is also taken as a picture. */
import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import { goTo } from './steps.ts';

export interface Scene {
  name: string;
  /** Begins where the scene before it was left. */
  open: (page: Page) => Promise<void>;
  /** Puts away what lies over the view. */
  leave?: (page: Page) => Promise<void>;
}

const escape = (page: Page): Promise<void> => page.keyboard.press('Escape');

async function byKey(page: Page, key: string, shown: Locator): Promise<void> {
  await page.keyboard.press(key);
  await expect(shown).toBeVisible();
}

function firstPhoto(page: Page): Locator {
  return page.getByRole('gridcell').first();
}

function results(page: Page): Locator {
  return page.getByRole('list', { name: 'Results' }).getByRole('listitem');
}

async function search(page: Page): Promise<void> {
  await goTo(page, 'Library');
  await firstPhoto(page).focus();
  await page.keyboard.press('Enter');
  await expect(results(page).nth(5)).toBeVisible();
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByText('Loading…')).toHaveCount(0);
}

/** Of a library without photos. */
export const emptyScenes: readonly Scene[] = [
  {
    name: 'first-start',
    open: (page) => expect(page.getByRole('button', { name: 'Add a folder of photos' })).toBeVisible(),
  },
  ...(['Search', 'Duplicates', 'Map', 'Tune', 'Quality', 'Settings'] as const).map((view) => ({
    name: `${view.toLowerCase()}-empty`,
    async open(page: Page) {
      await goTo(page, view);
      await settled(page);
    },
  })),
  {
    name: 'add-folder',
    async open(page) {
      await goTo(page, 'Library');
      await page.getByRole('button', { name: 'Add a folder of photos' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
    leave: escape,
  },
];

/** Of a library with photos, among them duplicates and a file that cannot be read. */
export const scenes: readonly Scene[] = [
  {
    name: 'library',
    async open(page) {
      await goTo(page, 'Library');
      await expect(firstPhoto(page)).toBeVisible();
    },
  },
  {
    name: 'selection',
    async open(page) {
      await firstPhoto(page).focus();
      await page.keyboard.press('Home');
      for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
      await expect(page.getByRole('toolbar', { name: 'Selection' })).toBeVisible();
    },
  },
  {
    name: 'tags',
    open: (page) => byKey(page, 't', page.getByRole('dialog')),
    leave: escape,
  },
  {
    name: 'context-menu',
    async open(page) {
      await firstPhoto(page).click({ button: 'right' });
      await expect(page.getByRole('menu', { name: 'Actions' })).toBeVisible();
    },
    async leave(page) {
      await escape(page);
      await escape(page);
    },
  },
  {
    name: 'filter',
    async open(page) {
      await page.getByRole('button', { name: 'Filter' }).click();
      await expect(
        page.getByRole('dialog', { name: 'Filter photos' }).getByRole('checkbox').first(),
      ).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'groups',
    async open(page) {
      await page.getByLabel('Groups').selectOption('By folder');
      await expect(page.getByRole('rowheader').first()).toBeVisible();
    },
    async leave(page) {
      await page.getByLabel('Groups').selectOption('No groups');
    },
  },
  {
    name: 'viewer',
    async open(page) {
      await firstPhoto(page).focus();
      await page.keyboard.press(' ');
      await page.keyboard.press('i');
      await expect(page.getByRole('complementary', { name: 'Facts' })).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'palette',
    open: (page) => byKey(page, 'Control+k', page.getByRole('combobox', { name: 'Actions' })),
    leave: escape,
  },
  {
    name: 'shortcuts',
    open: (page) => byKey(page, '?', page.getByRole('dialog', { name: 'Shortcuts' })),
    leave: escape,
  },
  {
    name: 'guide',
    async open(page) {
      await byKey(page, 'F1', page.getByRole('dialog', { name: 'Guide' }));
      await page.getByRole('navigation').getByRole('link', { name: 'How the search works' }).click();
      await expect(page.getByRole('dialog').locator('math').first()).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'search-without-query',
    async open(page) {
      await goTo(page, 'Search');
      await expect(page.getByRole('button', { name: /Choose a photo/ }).first()).toBeVisible();
    },
  },
  { name: 'search', open: search },
  {
    name: 'why',
    async open(page) {
      await results(page)
        .nth(1)
        .getByRole('button', { name: /^Why: / })
        .click();
      await expect(page.getByRole('dialog').getByRole('table')).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'details',
    async open(page) {
      await results(page)
        .first()
        .getByRole('button', { name: /^Details: / })
        .click();
      await expect(page.getByLabel(/^Details of/)).toBeVisible();
    },
    leave: (page) =>
      results(page)
        .first()
        .getByRole('button', { name: /^Details: / })
        .click(),
  },
  {
    name: 'steer',
    async open(page) {
      await results(page).nth(2).getByRole('button').first().focus();
      await page.keyboard.press('+');
      await expect(page.getByRole('heading', { name: '2 examples' })).toBeVisible();
      await results(page).nth(11).getByRole('button').first().focus();
      await page.keyboard.press('-');
      await expect(page.getByRole('heading', { name: '3 examples, 1 unwanted' })).toBeVisible();
      await page.getByRole('switch', { name: /^Expand the query/ }).check();
      await page.getByRole('slider', { name: 'Kind or thing' }).focus();
      for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
      await expect(page.getByText('Searching…')).toHaveCount(0);
      await expect(results(page).nth(5)).toBeVisible();
    },
  },
  {
    name: 'parts',
    async open(page) {
      await page
        .getByRole('button', { name: /^Crop or ignore parts of/ })
        .first()
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Add in the middle' }).click();
      await expect(dialog.getByRole('button', { name: /^Crop: / })).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'saved-searches',
    async open(page) {
      await page.getByRole('button', { name: 'Saved searches' }).click();
      await page.getByRole('menuitem', { name: 'Save this search…' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('What it is like');
      await page.keyboard.press('Enter');
      await expect(page.getByText('Saved: What it is like')).toBeVisible();
      await page.getByRole('button', { name: 'Saved searches' }).click();
      await expect(page.getByRole('menuitem', { name: /What it is like/ })).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'duplicates',
    async open(page) {
      await goTo(page, 'Duplicates');
      await page.getByRole('slider', { name: 'Least similarity' }).fill('0.9');
      await expect(page.getByRole('region', { name: 'Group' })).toBeVisible();
      await expect(page.getByText('Looking…')).toHaveCount(0);
    },
  },
  {
    name: 'compare',
    async open(page) {
      await page.getByRole('list', { name: 'Groups' }).getByRole('button').first().focus();
      await byKey(page, 'c', page.getByRole('dialog', { name: 'Compare two photos' }));
      await expect(page.getByRole('dialog').getByRole('img').first()).toBeVisible();
    },
    leave: escape,
  },
  {
    name: 'bin',
    open: (page) => byKey(page, 'Delete', page.getByRole('dialog')),
    leave: escape,
  },
  {
    name: 'map-without-map',
    async open(page) {
      await goTo(page, 'Map');
      await expect(page.getByRole('button', { name: 'Make the map' })).toBeVisible();
    },
  },
  {
    name: 'map',
    async open(page) {
      await page.getByRole('button', { name: 'Make the map' }).click();
      const map = page.getByRole('application', { name: 'Map of the photos' });
      await expect(map).toBeVisible({ timeout: 120_000 });
      await map.focus();
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await page.keyboard.press(' ');
      await expect(page.getByRole('complementary', { name: 'Selected photos' })).toBeVisible();
    },
  },
  {
    name: 'tune',
    async open(page) {
      await goTo(page, 'Tune');
      await expect(page.getByRole('article', { name: /^Results for/ })).toHaveCount(6, { timeout: 60_000 });
      await page.getByRole('tab', { name: /^Reduction/ }).click();
      const dimension = page.getByRole('spinbutton', { name: /^Dimension/ });
      await dimension.fill('64');
      await dimension.press('Enter');
      await expect(page.getByRole('list', { name: /^With the draft/ }).first()).toBeVisible();
      await expect(
        page.getByRole('region', { name: 'Quality' }).getByRole('row', { name: /^mAP/ }),
      ).toContainText(/\d\.\d{3}\s+\d\.\d{3}/, { timeout: 120_000 });
      for (const meanwhile of ['Updating…', 'Working out what it costs…']) {
        await expect(page.getByText(meanwhile)).toHaveCount(0, { timeout: 120_000 });
      }
    },
  },
  ...(['Model', 'Size', 'Taps', 'Pooling', 'Joining', 'Selection', 'Normalisation', 'Length'] as const).map(
    (stage, place) => ({
      name: `tune-${stage.toLowerCase()}`,
      async open(page: Page) {
        const tab = page.getByRole('tab').nth(place < 7 ? place : 8);
        await tab.click();
        await expect(tab).toHaveAttribute('aria-selected', 'true');
      },
    }),
  ),
  {
    name: 'quality-unmeasured',
    async open(page) {
      await goTo(page, 'Quality');
      await expect(page.getByRole('button', { name: 'Measure the search' })).toBeEnabled();
    },
  },
  {
    name: 'quality',
    async open(page) {
      await page.getByRole('button', { name: 'Measure the search' }).click();
      const figures = page.getByRole('region', { name: 'How good the search is' });
      await expect(figures.locator('canvas')).toBeVisible({ timeout: 120_000 });
      await page.getByRole('button', { name: 'Check the index' }).click();
      const comparison = page.getByRole('region', { name: 'Two recipes, search by search' });
      await comparison.getByRole('combobox', { name: 'B' }).selectOption('Very same thing');
      await comparison.getByRole('button', { name: 'Compare them' }).click();
      await expect(comparison).toContainText(/searches are better with B/, { timeout: 120_000 });
      await page
        .getByRole('region', { name: 'What belongs together' })
        .evaluate((region) => region.scrollIntoView({ block: 'center' }));
    },
  },
  {
    name: 'settings',
    async open(page) {
      await goTo(page, 'Settings');
      await settled(page);
    },
  },
];

/** Settings from top to bottom: for eyes only, as rules look at all of a page wherever it is scrolled to. */
export const settingsScenes: readonly Scene[] = [
  'Indexing', 'Back up and move', 'Devices', 'Shortcuts', 'About',
].map((heading) => ({
  name: `settings-${heading.toLowerCase().replaceAll(' ', '-')}`,
  async open(page: Page) {
    const title = page.getByRole('heading', { name: heading, exact: true });
    await title.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  },
})); // prettier-ignore
