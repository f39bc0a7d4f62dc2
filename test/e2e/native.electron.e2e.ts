/** What a window does on a desktop, beyond what a page in a browser does. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type * as Electron from 'electron';
import { expect, test } from './fixtures.ts';
import { openElectron, type RunningApp, startAgain } from './hosts.ts';
import { goTo, indexed } from './steps.ts';

/** Asks Electron's main process. */
function ask<Argument, Answer>(
  app: RunningApp,
  question: (electron: typeof Electron, argument: Argument) => Answer | Promise<Answer>,
  argument: Argument,
): Promise<Answer> {
  if (!app.electron) throw new Error('This is told in Electron only.');
  return app.electron.evaluate<Answer, Argument>(question as never, argument as never);
}

function chooseInMenu(app: RunningApp, id: string): Promise<void> {
  return ask(
    app,
    ({ Menu }, name) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(name);
      if (!item) throw new Error(`no ${name} in the menu`);
      (item.click as () => void)();
    },
    id,
  );
}

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
}

function queried(page: Page, name: string) {
  return page.getByRole('heading', { name });
}

test('the window is where it was, and the theme as it was chosen, over a restart', async ({
  app,
  library,
}) => {
  const wanted = { x: 60, y: 40, width: 900, height: 600 };
  await expect
    .poll(() => ask(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].isVisible(), null))
    .toBe(true);
  await ask(app, ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0].setBounds(bounds), wanted);
  await goTo(app.page, 'Settings');
  await app.page.getByLabel('Theme').selectOption('Dark');
  await expect.poll(() => isDark(app.page)).toBe(true);
  await expect
    .poll(() => ask(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getBackgroundColor(), null))
    .toBe('#161513');
  const userData = await ask(app, ({ app: electronApp }) => electronApp.getPath('userData'), null);
  await expect
    .poll(() => ask(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getBounds(), null))
    .toEqual(wanted);
  await app.close();
  expect(JSON.parse(readFileSync(join(userData, 'window.json'), 'utf8'))).toEqual({
    ...wanted,
    maximised: false,
    fullScreen: false,
  });

  const again = await openElectron(library);
  const found = await ask(
    again,
    ({ BrowserWindow, nativeTheme }) => {
      const [window] = BrowserWindow.getAllWindows();
      return {
        bounds: window.getNormalBounds(),
        theme: nativeTheme.themeSource,
        ground: window.getBackgroundColor(),
      };
    },
    null,
  );
  expect(found).toEqual({ bounds: wanted, theme: 'dark', ground: '#161513' });
  expect(await isDark(again.page)).toBe(true);
  await goTo(again.page, 'Settings');
  await expect(again.page.getByLabel('Theme')).toHaveValue('dark');
  await again.close();
});

test('a broken note of where the window was is no obstacle', async ({ app, library }) => {
  const userData = await ask(app, ({ app: electronApp }) => electronApp.getPath('userData'), null);
  await app.close();
  writeFileSync(join(userData, 'window.json'), '{"x":');
  const again = await openElectron(library);
  await expect(again.page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
  await again.close();
});

test('a photo that Semblance is started with is searched with', async ({ app, library, photos }) => {
  await indexed(app, photos);
  await app.close();
  const again = await openElectron(library, [join(photos, 'towns/towns-2.jpg')]);
  await expect(queried(again.page, 'towns-2.jpg')).toBeVisible();
  const results = again.page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.first()).toContainText('towns-2.jpg');
  await again.close();
});

test('a second start brings the window to the front and gives it a photo, or a folder that it asks about', async ({
  app,
  library,
  photos,
}) => {
  const { page } = app;
  await expect(page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
  await ask(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].minimize(), null);
  expect(await startAgain(library, [photos])).toBe(0);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Folder path' })).toHaveValue(photos);
  await expect
    .poll(() => ask(app, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].isMinimized(), null))
    .toBe(false);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('gridcell')).toHaveCount(24, { timeout: 90_000 });
  // Relative to where the person is.
  expect(await startAgain(library, ['photos/beaches/beaches-1.jpg', 'photos/beaches/beaches-2.jpg'])).toBe(0);
  await expect(queried(page, '2 examples')).toBeVisible();
  expect(await startAgain(library, ['photos/nowhere.jpg'])).toBe(0);
  await expect(page.getByText('nowhere.jpg was not opened. It is not there.')).toBeVisible();
  expect(app.electron?.windows()).toHaveLength(1);
});

test('two libraries are open side by side', async ({ app, folder }) => {
  const other = await openElectron(join(folder, 'holidays'));
  await expect(other.page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
  await expect(other.page).toHaveTitle('Semblance — holidays');
  await expect(app.page).toHaveTitle('Semblance — library');
  await other.close();
});

test('photos are dragged out as their files, several together, and only by the window itself', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await indexed(app, photos);
  // Nobody is there to drop them; what the system would be asked for is kept instead.
  await ask(
    app,
    ({ BrowserWindow }) => {
      const kept: unknown[] = [];
      Object.assign(globalThis, { kept });
      BrowserWindow.getAllWindows()[0].webContents.startDrag = ({ file, files, icon }) => {
        const size = typeof icon === 'string' ? null : icon.getSize();
        kept.push({ file, files, size });
      };
    },
    null,
  );
  const dragged = (): Promise<{ files: string[]; size: { width: number; height: number } }[]> =>
    ask(app, () => (globalThis as unknown as { kept: never[] }).kept, null);
  const drag = async (name: RegExp): Promise<void> => {
    const box = await page.getByRole('gridcell', { name }).boundingBox();
    if (!box) throw new Error('it is not shown');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 20, y + 20, { steps: 5 });
    await page.mouse.up();
  };
  await drag(/beaches-3\.jpg/);
  await expect.poll(dragged).toHaveLength(1);
  expect((await dragged())[0]).toMatchObject({
    files: [join(photos, 'beaches/beaches-3.jpg')],
    size: { width: 96, height: 72 },
  });

  await page.getByRole('gridcell', { name: /beaches-1\.jpg/ }).click({ position: { x: 60, y: 60 } });
  await page
    .getByRole('gridcell', { name: /beaches-3\.jpg/ })
    .click({ position: { x: 60, y: 60 }, modifiers: ['Shift'] });
  rmSync(join(photos, 'beaches/beaches-1.jpg'));
  await drag(/beaches-2\.jpg/);
  await expect.poll(dragged).toHaveLength(2);
  expect((await dragged())[1].files.map((path) => basename(path))).toEqual([
    'beaches-2.jpg',
    'beaches-3.jpg',
  ]);
  await expect(page.getByText('1 photo stayed behind')).toBeVisible();

  // Another page with the same bridge has no say.
  const refused = await ask(
    app,
    async ({ BrowserWindow }, preload) => {
      const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await foreign.loadURL('data:text/html,foreign');
      const replies = (await foreign.webContents.executeJavaScript(
        "Promise.all([semblance.send('dragPhotos', { photoIds: [1] }), semblance.send('takeOpened', {})])",
      )) as { ok: boolean; error?: { code: string } }[];
      foreign.destroy();
      return replies.map(({ error }) => error?.code);
    },
    resolve(import.meta.dirname, '../../out/preload/preload.cjs'),
  );
  expect(refused).toEqual(['not-available', 'not-available']);
  expect(await dragged()).toHaveLength(2);
});

test('the taskbar shows how far a job is, and nothing when it has ended', async ({ app, photos }) => {
  await ask(
    app,
    ({ BrowserWindow }) => {
      const shown: number[] = [];
      Object.assign(globalThis, { shown });
      BrowserWindow.getAllWindows()[0].setProgressBar = (value) => shown.push(value);
    },
    null,
  );
  const shown = (): Promise<number[]> =>
    ask(app, () => (globalThis as unknown as { shown: number[] }).shown, null);
  await indexed(app, photos);
  await expect.poll(async () => (await shown()).at(-1), { timeout: 60_000 }).toBe(-1);
  expect((await shown()).some((value) => value >= 0)).toBe(true);
});

test('the menu has the system’s roles, and does what the interface does', async ({ app }) => {
  const { page } = app;
  await expect(page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
  const roles = await ask(
    app,
    ({ Menu }) => {
      const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? [];
      return items.flatMap(({ role }) => role ?? []);
    },
    null,
  );
  for (const role of ['undo', 'cut', 'copy', 'paste', 'togglefullscreen', 'quit']) {
    expect(roles.map((each) => each.toLowerCase())).toContain(role);
  }
  await chooseInMenu(app, 'view.map');
  await expect(page.getByRole('heading', { name: 'Map' })).toBeVisible();
  await chooseInMenu(app, 'about');
  await expect(page.getByRole('heading', { name: 'About' })).toBeFocused();
  await chooseInMenu(app, 'query.before');
  await expect(page.getByText('There is no query before this one.')).toBeVisible();
  await chooseInMenu(app, 'folder.add');
  await expect(page.getByRole('dialog', { name: 'Add a folder of photos' })).toBeVisible();
  // A dialog is answered first.
  await chooseInMenu(app, 'view.library');
  await expect(page.getByRole('dialog', { name: 'Add a folder of photos' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+1');
  await expect(page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
});

test('photos that are chosen with the system’s dialog are searched with', async ({ app, photos }) => {
  const { page } = app;
  await indexed(app, photos);
  await ask(
    app,
    ({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths });
    },
    [join(photos, 'forests/forests-4.jpg')],
  );
  await chooseInMenu(app, 'search.file');
  await expect(queried(page, 'forests-4.jpg')).toBeVisible();
  // A Mac gives files to open in a way of its own.
  await ask(
    app,
    ({ app: electronApp }, path) => electronApp.emit('open-file', { preventDefault: () => undefined }, path),
    join(photos, 'towns/towns-1.jpg'),
  );
  await expect(queried(page, 'towns-1.jpg')).toBeVisible();
});
