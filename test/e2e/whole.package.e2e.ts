/** What only a package can lack or do wrong, told with it. */
import { copyFileSync, existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fusesFor, readFuses } from '../../resources/packaging/fuses.ts';
import { openByPort } from './by-port.ts';
import { expect, test } from './fixtures.ts';
import { engineProcessId, obstacle, type RunningApp } from './hosts.ts';
import { fusedApp, makeFusedCopy, packagedApp } from './packaged.ts';
import { goTo, indexed } from './steps.ts';

const heic = resolve(import.meta.dirname, '../fixtures/picture.heic');

/** Node, SQLite, sharp, onnxruntime with the backbone, the watcher, libheif: each has its turn. */
async function findKin(app: RunningApp, photos: string): Promise<void> {
  const { page } = app;
  await indexed(app, photos);
  copyFileSync(heic, join(photos, 'picture.heic'));
  await expect(page.getByRole('gridcell', { name: /picture\.heic/ })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('gridcell', { name: /forests-3\.jpg/ }).focus();
  await page.keyboard.press('Enter');
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.first()).toContainText('forests-3.jpg');
  await expect(results.nth(1)).toContainText('forests');
}

test('a packaged app finds photos with nothing but what it brings along', async ({
  app,
  photos,
  library,
}) => {
  await findKin(app, photos);
  const shell = await app.electron?.evaluate(({ app: electron }) => ({
    isPackaged: electron.isPackaged,
    name: electron.getName(),
    path: electron.getAppPath(),
  }));
  expect(shell).toEqual({
    isPackaged: true,
    name: 'Semblance',
    path: join(packagedApp.resources, 'app.asar'),
  });
  expect(readlinkSync(`/proc/${engineProcessId(library)}/exe`)).toBe(
    join(packagedApp.resources, 'node/node'),
  );
  await goTo(app.page, 'Settings');
  await expect(app.page.getByText(/^exact/)).toBeVisible();
  await expect(app.page.getByText(/HNSW is not available/)).toBeHidden();
  await app.page.getByText('Licences', { exact: true }).click();
  await expect(app.page.getByText(/libvips/).first()).toBeVisible();
});

test('with its fuses set the app works, and is turned into something else by no variable', async ({
  folder,
  library,
  photos,
}) => {
  const reason = obstacle('package');
  test.skip(reason !== null, reason ?? '');
  const set = await makeFusedCopy();
  const wanted = Object.entries(fusesFor({ platform: 'linux', arch: 'x64' }));
  expect(await readFuses(fusedApp.binary)).toEqual(
    Object.fromEntries(wanted.filter(([name]) => set.includes(name))),
  );
  expect(set).toEqual(
    expect.arrayContaining([
      'RunAsNode',
      'EnableNodeOptionsEnvironmentVariable',
      'EnableNodeCliInspectArguments',
      'OnlyLoadAppFromAsar',
    ]),
  );

  const mark = join(folder, 'was-loaded');
  const intruder = join(folder, 'intruder.cjs');
  writeFileSync(intruder, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
  const app = await openByPort(fusedApp.binary, library, {
    variables: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require=${intruder}` },
  });
  try {
    await findKin(app, photos);
    expect(existsSync(mark)).toBe(false);
  } finally {
    await app.close();
  }
});
