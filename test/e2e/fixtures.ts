/** A temporary library and photos, and the app opened on them in the project's host. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { type HostName, obstacle, openApp, type RunningApp } from './hosts.ts';
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
  app: async ({ library, folder }, use, { project }) => {
    const host = project.name as HostName;
    const reason = obstacle(host);
    // Where everything is installed on purpose, a missing part is a failure and no reason to skip.
    if (reason !== null && process.env['SEMBLANCE_E2E_REQUIRED']) throw new Error(reason);
    base.skip(reason !== null, reason ?? '');
    const app = await openApp(host, library, [folder]);
    await use(app);
    await app.close();
  },
});

export { expect } from '@playwright/test';
