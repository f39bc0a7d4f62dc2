import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { writeDuplicates } from '../fixtures/duplicate-photos.ts';
import { expect, test } from './fixtures.ts';
import { emptyScenes, type Scene, scenes } from './scenes.ts';
import { addFolder } from './steps.ts';

/** Of the themes only colours differ, so that in the second one only they are looked at. */
const themes = [
  ['light', null],
  ['dark', ['color-contrast', 'link-in-text-block']],
] as const;

/** A menu lies over the page while it is open, and has the focus: it belongs to no part of what is below it. */
function isOfMenu(found: Locator): Promise<boolean> {
  return found.evaluate(
    (element) => element.closest('[role=menu]') !== null || element.querySelector('[role=menu]') !== null,
  );
}

/** What axe-core finds on the page, a line each. */
async function findings(page: Page, rules: readonly string[] | null): Promise<string[]> {
  // Without frames the mode does not matter, and this one opens no page of its own.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  const found: string[] = [];
  for (const { id, impact, nodes } of violations) {
    for (const { target, failureSummary } of nodes) {
      const selector = target.join(' ');
      if (id === 'region' && (await isOfMenu(page.locator(selector)))) continue;
      found.push(`${impact} ${id}: ${selector}: ${failureSummary}`);
    }
  }
  return found;
}

async function findingsOf(page: Page, list: readonly Scene[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, open, leave } of list) {
    await open(page);
    for (const [colorScheme, rules] of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      found.push(...(await findings(page, rules)).map((each) => `${name}, ${colorScheme}: ${each}`));
    }
    await leave?.(page);
  }
  return found;
}

test('no view breaks a rule of axe-core, empty or full, light or dark', async ({ app, folder }) => {
  test.setTimeout(900_000);
  const { page } = app;
  expect(await findingsOf(page, emptyScenes)).toEqual([]);
  const photos = join(folder, 'photos');
  await writeDuplicates(photos);
  await addFolder(app, photos);
  await expect(page.getByRole('contentinfo')).toContainText('Ready', { timeout: 120_000 });
  expect(await findingsOf(page, scenes)).toEqual([]);
});
