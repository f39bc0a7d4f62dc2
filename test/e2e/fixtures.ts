/** A temporary library and photos, and the app opened on them in the project's host. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { keepDevices, lendDevices } from './devices.ts';
import { type HostName, modelsFolder, obstacle, openApp, type RunningApp } from './hosts.ts';
import { writePhotos } from './photos.ts';

interface Fixtures {
  /** Holds the photos and the library; removed afterwards. */
  folder: string;
  library: string;
  photos: string;
  app: RunningApp;
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'semblance-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  library: async ({ folder }, use) => use(join(folder, 'library')),
  photos: async ({ folder }, use) => {
    const photos = join(folder, 'photos');
    await writePhotos(photos);
    await use(photos);
  },
  app: async ({ library, folder }, use, testInfo) => {
    const host = testInfo.project.name as HostName;
    const reason = obstacle(host);
    // Where everything is installed on purpose, a missing part is a failure and no reason to skip.
    if (reason !== null && process.env['SEMBLANCE_E2E_REQUIRED']) throw new Error(reason);
    base.skip(reason !== null, reason ?? '');
    const isFirstStart = testInfo.file.endsWith('first-start.e2e.ts');
    if (!isFirstStart) lendDevices(modelsFolder(library));
    const app = await openApp(host, library, [folder]);
    await use(app);
    if (testInfo.status !== testInfo.expectedStatus) await tellWhatIsShown(app);
    await app.close();
    keepDevices(modelsFolder(library));
  },
});

/** Where only the output of a run is kept, this is all that tells of a failure. */
async function tellWhatIsShown({ page }: RunningApp): Promise<void> {
  const shown = await page
    .locator('body')
    .ariaSnapshot({ timeout: 5_000 })
    .catch((error: unknown) => String(error));
  process.stdout.write(`When the story failed, the page showed:\n${shown}\n`);
}

export { expect } from '@playwright/test';
