/** What goes wrong is shown where a person would look, with what to do, and is over once the cause is. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { fillerOf } from '../fixtures/filled-disk.ts';
import { expect, test } from './fixtures.ts';
import { engineProcessId } from './hosts.ts';
import { goTo, indexed } from './steps.ts';

/** Drives cannot be plugged in by a program: the app is told what is mounted. */
function mounted(mountPoint: string | null): string {
  return JSON.stringify(
    [
      { mountPoint: '/', volume: 'uuid:system' },
      ...(mountPoint === null ? [] : [{ mountPoint, volume: 'uuid:usb' }]),
    ].map((mount) => ({ ...mount, root: '/', isSure: true, isRemote: false })),
  );
}

/** A file that has the size of a photo, and cannot be read; returns what makes it the photo without a trace. */
function spoil(photo: string, file: string): () => void {
  const bytes = readFileSync(photo);
  writeFileSync(file, Buffer.alloc(bytes.length, 'no photo '));
  const { atime, mtime } = statSync(file);
  return () => {
    writeFileSync(file, bytes);
    utimesSync(file, atime, mtime);
  };
}

test('broken files, an unplugged drive and a killed engine are each told of, and each is recovered from', async ({
  app,
  photos,
  folder,
  library,
}) => {
  test.setTimeout(360_000);
  const { page } = app;
  const volumes = join(folder, 'volumes.json');
  writeFileSync(volumes, mounted(photos));
  writeFileSync(join(photos, 'empty.jpg'), '');
  writeFileSync(join(photos, 'cut.jpg'), readFileSync(join(photos, 'towns/towns-1.jpg')));
  truncateSync(join(photos, 'cut.jpg'), 3000);
  await sharp(join(photos, 'towns/towns-2.jpg')).flop().jpeg().toFile(join(folder, 'flopped.jpg'));
  const mend = spoil(join(folder, 'flopped.jpg'), join(photos, 'broken.jpg'));
  await indexed(app, photos);
  await expect(page.getByRole('contentinfo')).toContainText('Ready');

  // Broken files: counted in the rail, listed by their reasons, shown in their folder, and read once they are whole.
  await expect(page.getByRole('navigation').getByLabel('3 photos with problems')).toBeVisible();
  await goTo(page, 'Settings');
  for (const name of ['empty.jpg', 'cut.jpg', 'broken.jpg'])
    await expect(page.getByText(join(photos, name), { exact: true })).toBeVisible();
  await expect(page.getByText('Empty files')).toBeVisible();
  await page.getByRole('button', { name: `Reveal ${join(photos, 'cut.jpg')} in its folder` }).click();
  await expect(page.getByText(join(photos, 'cut.jpg'))).toHaveCount(2);
  mend();
  await page.getByRole('button', { name: 'Try all again' }).click();
  await expect(page.getByRole('navigation').getByLabel('2 photos with problems')).toBeVisible();
  await expect(page.getByText(join(photos, 'broken.jpg'), { exact: true })).toBeHidden();

  // A killed engine: a banner, and within seconds everything is there again.
  const before = engineProcessId(library);
  process.kill(before, 'SIGKILL');
  const banner = page.getByRole('alert').filter({ hasText: /engine stopped/i });
  await expect(banner).toBeVisible();
  await expect(banner).toBeHidden({ timeout: 15_000 });
  expect(engineProcessId(library)).not.toBe(before);
  await goTo(page, 'Library');
  await expect(page.getByText('25 photos', { exact: true })).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('Ready');

  // An unplugged drive: what it was mounted on stays behind, empty.
  renameSync(photos, join(folder, 'drawer'));
  mkdirSync(photos);
  writeFileSync(volumes, mounted(null));
  await expect(page.getByRole('img', { name: 'Offline' }).first()).toBeVisible();
  await expect(page.getByText('25 photos', { exact: true })).toBeVisible();
  await page.getByRole('gridcell', { name: /forests-3\.jpg/ }).focus();
  await page.keyboard.press('Enter');
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.first()).toContainText('forests-3.jpg');
  await expect(results.first().getByRole('img', { name: 'Offline' })).toBeVisible();
  await results
    .first()
    .getByRole('button', { name: /^Reveal in folder/ })
    .click();
  await expect(page.getByText(/is not there at the moment/)).toBeVisible();
  await goTo(page, 'Settings');
  await expect(page.getByText(/offline: not there at the moment/)).toBeVisible();
  const elsewhere = join(folder, 'elsewhere');
  renameSync(join(folder, 'drawer'), elsewhere);
  writeFileSync(volumes, mounted(elsewhere));
  await expect(page.getByText(elsewhere, { exact: true })).toBeVisible();
  await expect(page.getByText(/offline: not there at the moment/)).toBeHidden();
  await goTo(page, 'Library');
  await expect(page.getByText('25 photos', { exact: true })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Offline' })).toHaveCount(0);
});

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

/** A library on a disk of its own, which is small. */
const onSmallDisk = test.extend({
  library: async ({ folder }, use) => {
    const library = join(folder, 'library');
    mkdirSync(library);
    const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', library);
    onSmallDisk.skip(!isMounted, 'nobody may mount a small disk here: it takes Linux, and root');
    try {
      await use(library);
    } finally {
      run('umount', '-l', library);
    }
  },
});

onSmallDisk(
  'a full disk is told of with what is needed, searching goes on, and so does indexing once there is room',
  async ({ app, photos, folder, library }) => {
    test.setTimeout(360_000);
    const { page } = app;
    await indexed(app, photos);
    await expect(page.getByRole('contentinfo')).toContainText('Ready', { timeout: 60_000 });
    // Beside the files of the library itself, by whose sizes it is told what is needed.
    mkdirSync(join(library, 'aside'));
    const disk = fillerOf(join(library, 'aside'));
    disk.fill(400_000);
    const many = 60;
    const noise = { width: 320, height: 240, channels: 3, background: 'grey' } as const;
    for (let number = 0; number < many; number++) {
      const picture = sharp({
        create: { ...noise, noise: { type: 'gaussian', mean: 128, sigma: 30 + number } },
      });
      await picture.jpeg().toFile(join(folder, 'noise.jpg'));
      renameSync(join(folder, 'noise.jpg'), join(photos, `noise-${number}.jpg`));
    }
    const banner = page.getByRole('alert').filter({ hasText: 'The disk that holds the library is full' });
    await expect(banner).toContainText(/about [\d.]+ MB are needed to go on, and [\d.]+ [kM]B are free/, {
      timeout: 60_000,
    });
    await expect(page.getByRole('contentinfo')).toContainText('no room on the disk');

    // However many of the new ones have come before it was full: by name they are behind the forests.
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Name');
    await page.getByRole('gridcell', { name: /forests-3\.jpg/ }).focus();
    await page.keyboard.press('Enter');
    const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    await expect(results.first()).toContainText('forests-3.jpg');

    disk.empty();
    await expect(banner).toBeHidden();
    await goTo(page, 'Library');
    await expect(page.getByText(`${24 + many} photos`, { exact: true })).toBeVisible({ timeout: 120_000 });
    rmSync(join(photos, 'noise-0.jpg'));
    await expect(page.getByText(`${23 + many} photos`, { exact: true })).toBeVisible();
  },
);
