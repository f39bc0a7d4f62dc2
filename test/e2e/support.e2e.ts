/** What is asked of others only by a button, and what a person can read before giving it to anybody. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type FileEntry, TextWriter, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { expect, test } from './fixtures.ts';
import { exportedFile, goTo, indexed } from './steps.ts';

/** Of every request to the release feed. */
const asked: string[] = [];
let feed: Server;
const before = process.env['SEMBLANCE_UPDATES'];

test.beforeAll(async () => {
  feed = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const page = 'https://127.0.0.1/releases/99.1.0';
    response.end(JSON.stringify({ version: '99.1.0', notes: 'Finds\nmore.', page }));
  });
  await new Promise<void>((done) => feed.listen(0, '127.0.0.1', done));
  process.env['SEMBLANCE_UPDATES'] = `http://127.0.0.1:${(feed.address() as AddressInfo).port}/feed.json`;
});
test.afterAll(() => {
  feed.close();
  if (before === undefined) delete process.env['SEMBLANCE_UPDATES'];
  else process.env['SEMBLANCE_UPDATES'] = before;
});

test('a newer version is asked for only by the button, and diagnostics are read before they are saved', async ({
  app,
  photos,
  folder,
}) => {
  const { page, electron } = app;
  await indexed(app, photos);
  await goTo(page, 'Settings');
  const sections = page.getByRole('heading', { level: 2 });
  await expect(sections.filter({ hasText: 'About' })).toBeVisible();
  // Somebody looks at all of it.
  for (const heading of await sections.all()) await heading.scrollIntoViewIfNeeded();
  await expect(page.getByText('Semblance never asks by itself.')).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual([]);

  await page.getByRole('button', { name: 'Check for updates' }).click();
  await expect(page.getByText('Semblance 99.1.0 is newer')).toBeVisible();
  await expect(page.getByText('Finds more.')).toBeVisible();
  expect(asked).toEqual(['GET /feed.json']);

  // Its page is the system's browser's to show.
  const name = 'Open its page on 127.0.0.1';
  if (electron) {
    await electron.evaluate(({ shell }) => {
      shell.openExternal = (address) => {
        (globalThis as { opened?: string }).opened = address;
        return Promise.resolve();
      };
    });
    await page.getByRole('button', { name }).click();
    await expect
      .poll(() => electron.evaluate(() => (globalThis as { opened?: string }).opened))
      .toBe('https://127.0.0.1/releases/99.1.0');
  } else {
    const link = page.getByRole('link', { name });
    await expect(link).toHaveAttribute('href', 'https://127.0.0.1/releases/99.1.0');
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  }

  await page.getByRole('button', { name: 'Gather diagnostics' }).click();
  const files = page.getByRole('list', { name: 'What the file will hold' });
  await expect(files.getByRole('listitem')).toHaveCount(9);
  await files.getByText('versions.json').click();
  const versions = page.getByRole('region', { name: 'Text of versions.json' });
  await expect(versions).toContainText('"sqlite"');
  await expect(versions).toContainText(electron ? '"chromium"' : '"browser"');
  await files.getByText('log.jsonl').click();
  const log = page.getByRole('region', { name: 'Text of log.jsonl' });
  await expect(log).toContainText('"event":"job-ended"');
  await expect(log).toContainText(electron ? '"process":"window"' : '"process":"server"');
  // Without a page of its own, which neither host lets it open.
  const { violations } = await new AxeBuilder({ page }).include('.page').setLegacyMode().analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);

  const file = join(folder, 'diagnostics.zip');
  await exportedFile(app, file, () => page.getByRole('button', { name: 'Save as a zip' }).click());
  const entries = await new ZipReader(new Uint8ArrayReader(readFileSync(file))).getEntries();
  const isFile = (entry: { directory: boolean }): entry is FileEntry => !entry.directory;
  const texts = await Promise.all(entries.filter(isFile).map((entry) => entry.getData(new TextWriter())));
  const all = texts.join('\n');
  expect(all).toContain('Diagnostics of Semblance');
  for (const name of [folder, 'towns', 'towns-1', '.jpg']) expect(all).not.toContain(name);
});
