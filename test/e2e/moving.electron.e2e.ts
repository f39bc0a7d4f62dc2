/** A library is written into a file and taken in again, in a window. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { expect, test } from './fixtures.ts';
import { openElectron, type RunningApp } from './hosts.ts';
import { goTo, indexed } from './steps.ts';

/** What the system's dialogs answer, as nobody is there to answer them. */
async function answerDialogs(
  app: RunningApp,
  answers: { save?: string; open?: string[]; folder?: string },
): Promise<void> {
  const replace = ({ dialog }: typeof Electron, { save, open, folder }: typeof answers): void => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save ?? '' });
    dialog.showOpenDialog = ((_: unknown, options: Electron.OpenDialogOptions) =>
      Promise.resolve({
        canceled: false,
        filePaths: options.properties?.includes('openDirectory') ? [folder ?? ''] : (open ?? []),
      })) as never;
  };
  await app.electron?.evaluate(replace as never, answers as never);
}

test('a library is backed up, and taken in elsewhere with its folder at another place', async ({
  app,
  photos,
  folder,
}) => {
  const file = join(folder, 'backup.zip');
  await indexed(app, photos);
  await goTo(app.page, 'Settings');
  await answerDialogs(app, { save: file });
  await app.page.getByRole('button', { name: 'Back up or move…' }).click();
  const exporting = app.page.getByRole('dialog', { name: 'Back up or move the library' });
  await expect(exporting.getByLabel('With the thumbnails')).toBeChecked();
  await exporting.getByRole('button', { name: 'Choose where…' }).click();
  await expect(exporting).toBeHidden();
  await expect(app.page.getByText(/^24 photos with all that is known of them are in/)).toBeVisible();
  expect(existsSync(file)).toBe(true);

  const moved = join(folder, 'moved');
  renameSync(photos, moved);
  const other = await openElectron(join(folder, 'other'));
  try {
    await goTo(other.page, 'Settings');
    await answerDialogs(other, { open: [file], folder: moved });
    await other.page.getByRole('button', { name: 'Import…' }).click();
    const importing = other.page.getByRole('dialog', { name: 'Import a library' });
    await importing.getByRole('button', { name: 'Choose a file…' }).click();
    await expect(importing.getByText(/^24 photos, exported on/)).toBeVisible();
    await expect(importing.getByText(/^It is not there now/)).toBeVisible();
    const place = importing.getByRole('group', { name: photos });
    await place.getByRole('button', { name: 'Leave out' }).click();
    await expect(importing.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
    await place.getByRole('button', { name: 'Choose…' }).click();
    await expect(importing.getByText('Its photos are there.')).toBeVisible();
    await importing.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(importing).toBeHidden();
    await expect(other.page.getByText(/^24 photos came, with 24 pictures/)).toBeVisible();
    await goTo(other.page, 'Library');
    await expect(other.page.getByRole('gridcell')).toHaveCount(24);
  } finally {
    await other.close();
  }
});
