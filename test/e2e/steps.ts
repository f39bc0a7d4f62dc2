/** What a person does in many stories. */
import { existsSync, statSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { RunningApp } from './hosts.ts';
import { folders, photosPerFolder } from './photos.ts';

const total = folders.length * photosPerFolder;

export async function goTo(
  page: Page,
  view: 'Library' | 'Search' | 'Duplicates' | 'Map' | 'Tune' | 'Quality' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation').getByText(view).click();
}

export async function addFolder({ page }: RunningApp, path: string): Promise<void> {
  await page
    .getByRole('button', { name: /^Add a folder/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder path' }).fill(path);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** Drops files and folders of this machine on the middle of the window, as the system does it. */
export async function dropOnWindow(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
  await session.detach();
}

/** Adds the photos, and waits until nothing more is done with them. */
export async function ready(app: RunningApp, path: string): Promise<void> {
  await indexed(app, path);
  await expect(app.page.getByRole('contentinfo')).toContainText('Ready');
}

/** Applies a draft for which photos must be read again, and waits until it is in service. */
export async function applyByReading(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Apply' }).getByRole('button', { name: 'Apply the draft' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Read them and apply' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible({ timeout: 60_000 });
}

/** Reads photos where the draft needs them. */
export async function applyAsNeeded(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Apply' }).getByRole('button', { name: 'Apply the draft' }).click();
  const read = page.getByRole('dialog').getByRole('button', { name: 'Read them and apply' });
  const inService = page.getByText('This is what is in service.');
  await expect(read.or(inService)).toBeVisible({ timeout: 60_000 });
  if (await read.isVisible()) await read.click();
  await expect(inService).toBeVisible({ timeout: 60_000 });
}

/** Adds the photos, and waits until all are shown. */
export async function indexed(app: RunningApp, path: string): Promise<void> {
  await addFolder(app, path);
  await expect(app.page.getByRole('gridcell')).toHaveCount(total, { timeout: 90_000 });
}

/** Does what writes a file to the disk, and waits until it lies there. */
export async function exportedFile(
  { page, electron }: RunningApp,
  path: string,
  choose: () => Promise<void>,
): Promise<string> {
  if (electron) {
    // In place of the system's dialog.
    await electron.evaluate(({ session }, at) => {
      session.defaultSession.once('will-download', (_, item) => item.setSavePath(at));
    }, path);
    await choose();
    await expect.poll(() => existsSync(path) && statSync(path).size > 0).toBe(true);
  } else {
    const download = page.waitForEvent('download');
    await choose();
    await (await download).saveAs(path);
  }
  return path;
}
