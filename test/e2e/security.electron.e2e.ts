/** Electron's security checklist (electronjs.org/docs/latest/tutorial/security), by its numbers. Number 19, fuses, is the package's. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type * as Electron from 'electron';
import { expect, test } from '@playwright/test';
import { obstacle, openElectron, type RunningApp } from './hosts.ts';

const root = resolve(import.meta.dirname, '../..');
const nowhere = 'https://127.0.0.1:9/';
let folder: string;
let app: RunningApp;
let page: Page;

/** Asks Electron's main process. */
function ask<Answer, Argument = null>(
  question: (electron: typeof Electron, argument: Argument) => Answer | Promise<Answer>,
  argument: Argument = null as Argument,
): Promise<Answer> {
  if (!app.electron) throw new Error('This is told in Electron only.');
  return app.electron.evaluate<Answer, Argument>(question as never, argument as never);
}

function preferences(): Promise<Record<string, unknown>> {
  return ask(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0];
    return (
      webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences();
  });
}

// Nothing here changes the window: one is enough for all.
test.beforeAll(async () => {
  const reason = obstacle('electron');
  if (reason !== null && process.env['SEMBLANCE_E2E_REQUIRED']) throw new Error(reason);
  test.skip(reason !== null, reason ?? '');
  folder = mkdtempSync(join(tmpdir(), 'semblance-e2e-'));
  app = await openElectron(join(folder, 'library'));
  page = app.page;
  await expect(page.getByRole('heading', { name: 'Find photos by showing one.' })).toBeVisible();
});

test.afterEach(async () => {
  expect(page.url()).toBe('semblance://app/index.html');
  await expect.poll(() => app.electron?.windows().length).toBe(1);
});

test.afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

test('1: all that the window loads comes with the app', async () => {
  const loaded = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('script, link, img')].map(
      (each) => (each as HTMLScriptElement).src || (each as HTMLLinkElement).href,
    ),
  );
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter((address) => !address.startsWith('semblance://app/'))).toEqual([]);
});

test('2: no page, frame or worker has Node', async () => {
  const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames } = await preferences();
  expect([nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames].map(Boolean)).toEqual([
    false,
    false,
    false,
  ]);
  const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname'];
  expect(await page.evaluate((all) => all.filter((name) => name in globalThis), names)).toEqual([]);
});

test('3: what the page changes does not reach the preload script', async () => {
  expect((await preferences())['contextIsolation']).toBe(true);
  const caught = await page.evaluate(async () => {
    const { semblance } = globalThis as unknown as {
      semblance: { send(command: string, args: unknown): Promise<unknown> };
    };
    const own = Object.getOwnPropertyDescriptor(Function.prototype, 'call')?.value as (
      ...args: unknown[]
    ) => unknown;
    let count = 0;
    Function.prototype.call = function (...args: unknown[]) {
      count += 1;
      return own.apply(this, args);
    };
    try {
      await semblance.send('hostInfo', {});
      semblance.send = () => Promise.reject(new Error('replaced'));
    } catch {
      // What the bridge offers is frozen.
    } finally {
      Function.prototype.call = own as typeof Function.prototype.call;
    }
    return {
      count,
      stillAnswers: await semblance.send('hostInfo', {}).then(
        () => true,
        () => false,
      ),
    };
  });
  expect(caught).toEqual({ count: 0, stillAnswers: true });
});

test('4: the page runs in a sandbox', async () => {
  expect((await preferences())['sandbox']).toBe(true);
});

test('5: the page is given nothing that it asks for, and is told so before it asks', async () => {
  const told = await page.evaluate(async () => {
    const names = [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'clipboard-read',
      'midi',
      'persistent-storage',
      'idle-detection',
      'screen-wake-lock',
      'window-management',
      'local-fonts',
    ];
    const states = await Promise.all(
      names.map(async (name) => {
        const state = await navigator.permissions.query({ name } as never).then(
          ({ state }) => state,
          () => 'unknown',
        );
        return [name, state];
      }),
    );
    return states.filter(([, state]) => state === 'granted');
  });
  expect(told).toEqual([]);
  const given = await page.evaluate(async () => {
    const all = navigator as unknown as Record<
      string,
      Record<string, (options?: object) => Promise<unknown>>
    >;
    const attempts: Record<string, () => Promise<unknown>> = {
      geolocation: () =>
        new Promise((done, failed) => navigator.geolocation.getCurrentPosition(done, failed)),
      notifications: async () => {
        if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied');
      },
      camera: () => navigator.mediaDevices.getUserMedia({ video: true }),
      microphone: () => navigator.mediaDevices.getUserMedia({ audio: true }),
      screen: () => navigator.mediaDevices.getDisplayMedia({ video: true }),
      clipboard: () => navigator.clipboard.readText(),
      midi: () => navigator.requestMIDIAccess({ sysex: true }),
      usb: () => all['usb']['requestDevice']({ filters: [] }),
      serial: () => all['serial']['requestPort'](),
      hid: () =>
        all['hid']['requestDevice']({ filters: [] }).then((found) => {
          if ((found as unknown[]).length === 0) throw new Error('none');
        }),
      bluetooth: () => all['bluetooth']['requestDevice']({ acceptAllDevices: true }),
      fonts: async () => {
        const { queryLocalFonts } = globalThis as unknown as { queryLocalFonts: () => Promise<unknown[]> };
        if ((await queryLocalFonts()).length === 0) throw new Error('none');
      },
      screens: () => (globalThis as unknown as { getScreenDetails(): Promise<unknown> }).getScreenDetails(),
      wake: () => navigator.wakeLock.request('screen'),
    };
    const outcomes = await Promise.all(
      Object.entries(attempts).map(async ([name, attempt]) => {
        const late = new Promise<boolean>((done) => setTimeout(() => done(false), 3000));
        const tried = Promise.resolve()
          .then(attempt)
          .then(
            () => true,
            () => false,
          );
        return [name, await Promise.race([tried, late])] as const;
      }),
    );
    return outcomes.filter(([, succeeded]) => succeeded).map(([name]) => name);
  });
  expect(given).toEqual([]);
});

test('6, 8, 9, 10: neither web security is off, nor insecure content or anything experimental on', async () => {
  const { webSecurity, allowRunningInsecureContent, experimentalFeatures, enableBlinkFeatures, webviewTag } =
    await preferences();
  expect(webSecurity).not.toBe(false);
  expect(
    [allowRunningInsecureContent, experimentalFeatures, enableBlinkFeatures, webviewTag].map(Boolean),
  ).toEqual([false, false, false, false]);
});

test('7: the policy of every answer allows no inline code, no evaluation and no other place', async () => {
  for (const path of ['/index.html', '/nothing', '/thumbnails/1']) {
    const policy = await page.evaluate(
      (address) => fetch(address).then(({ headers }) => headers.get('content-security-policy')),
      path,
    );
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|wss?:/);
  }
});

test('7: code that got into the page does not run, and reaches no other place', async () => {
  const ran = await page.evaluate(async (address) => {
    const element = <Name extends keyof HTMLElementTagNameMap>(
      name: Name,
      parts: object,
    ): HTMLElementTagNameMap[Name] => {
      const made = Object.assign(document.createElement(name), parts);
      document.body.append(made);
      return made;
    };
    const loaded = (made: HTMLElement): Promise<boolean> =>
      new Promise((done) => {
        made.onload = () => done(true);
        made.onerror = () => done(false);
        setTimeout(() => done(false), 2000);
      });
    const made = [
      element('script', { textContent: 'window.ran = true' }),
      element('div', { innerHTML: '<img src="x" onerror="window.ran = true">' }),
      element('a', { href: 'javascript:window.ran = true' }),
    ];
    made[2].click();
    const remote = [
      element('script', { src: address }),
      element('img', { src: `${address}a.png` }),
      element('link', { rel: 'stylesheet', href: address }),
    ];
    // Playwright lifts the policy for its own call only.
    await new Promise((resolve) => setTimeout(resolve));
    const throws = (attempt: () => unknown): boolean => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    };
    const refused = {
      eval: throws(() => (globalThis as unknown as { eval(code: string): void }).eval('1')),
      function: throws(() => new (Function as unknown as new (code: string) => unknown)('return 1')),
      fetch: await fetch(address).then(
        () => false,
        () => true,
      ),
      file: await fetch('file:///etc/hostname').then(
        () => false,
        () => true,
      ),
      socket: await new Promise((done) => {
        try {
          const socket = new WebSocket(address.replace('https', 'wss'));
          socket.onopen = () => done(false);
          socket.onerror = () => done(true);
        } catch {
          done(true);
        }
      }),
      loads: (await Promise.all(remote.map(loaded))).every((each) => !each),
    };
    for (const each of [...made, ...remote]) each.remove();
    return { ...refused, ran: 'ran' in window };
  }, nowhere);
  expect(ran).toEqual({
    eval: true,
    function: true,
    fetch: true,
    file: true,
    socket: true,
    loads: true,
    ran: false,
  });
});

test('11, 12: there is no webview, not even in a window that would allow one', async () => {
  const before = await ask(({ webContents }) => webContents.getAllWebContents().length);
  const after = await ask(async ({ BrowserWindow, webContents }) => {
    const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
    await window.loadURL('data:text/html,<webview src="data:text/html,inside" allowpopups></webview>');
    await new Promise((wait) => setTimeout(wait, 300));
    const count = webContents.getAllWebContents().length;
    window.destroy();
    return count;
  });
  expect(after).toBe(before + 1);
});

// Chromium asks nobody before a page becomes an empty one, about:blank; from there no command is taken (17).
for (const address of [
  nowhere,
  'file:///etc/hostname',
  'data:text/html,other',
  'semblance://other/',
  'semblance://app/index.html?a',
]) {
  test(`13: the page does not go to ${address}, neither by itself nor by a link`, async () => {
    await page.evaluate((to) => {
      const link = Object.assign(document.createElement('a'), { href: to });
      document.body.append(link);
      link.click();
      link.remove();
      location.href = to;
    }, address);
    await page.waitForTimeout(200);
    expect(page.url()).toBe('semblance://app/index.html');
  });
}

test('13: no frame in the page shows anything', async () => {
  const shown = await page.evaluate(
    async (addresses) => {
      const frames = addresses.map((src) => Object.assign(document.createElement('iframe'), { src }));
      document.body.append(...frames);
      await new Promise((wait) => setTimeout(wait, 500));
      const own = frames.map(({ contentDocument }) => contentDocument?.body.textContent ?? '');
      for (const frame of frames) frame.remove();
      return own;
    },
    [nowhere, 'file:///etc/hostname', 'semblance://app/index.html'],
  );
  expect(shown).toEqual(['', '', '']);
});

test('13: a file that is let go over the window is not opened in it', async () => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [join(root, 'package.json')], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 5, y: 5, data });
  }
  await page.waitForTimeout(200);
  expect(page.url()).toBe('semblance://app/index.html');
  await page.keyboard.press('Escape');
});

test('14: the page opens no windows', async () => {
  const opened = await page.evaluate(
    (addresses) => addresses.map((address) => window.open(address) === null),
    [nowhere, 'about:blank', 'semblance://app/index.html', 'file:///etc/hostname'],
  );
  expect(opened).toEqual([true, true, true, true]);
});

test('15: no address is given to other programs but a paper’s that the guide names', async () => {
  await ask(({ shell }) => {
    const kept: string[] = [];
    Object.assign(globalThis, { kept });
    shell.openExternal = (address) => Promise.resolve(void kept.push(address));
  });
  const paper = 'https://arxiv.org/abs/1711.02512';
  await page.evaluate((known) => {
    for (const address of ['mailto:a@example.org', 'smb://127.0.0.1/x', 'https://127.0.0.1:9/']) {
      window.open(address);
      location.href = address;
    }
    for (const address of [
      'https://arxiv.org.evil.example/',
      'http://arxiv.org/',
      'https://arxiv.org@evil.example/',
    ]) {
      window.open(address);
    }
    window.open(known);
  }, paper);
  await page.waitForTimeout(200);
  expect(await ask(() => (globalThis as unknown as { kept: string[] }).kept)).toEqual([paper]);
  const sources = readdirSync(join(root, 'src-main'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(
    sources.filter((name) => readFileSync(join(root, 'src-main', name), 'utf8').includes('openExternal')),
  ).toEqual(['app/guards.ts', 'app/host-commands.ts']);
});

test('16: the Electron that ships is named exactly', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { electron: string };
  };
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number.parseInt(devDependencies.electron, 10)).toBeGreaterThanOrEqual(45);
});

test('17: commands are taken from the app’s own page alone', async () => {
  const codes = await ask(
    async ({ BrowserWindow }, preload) => {
      const found: (string | undefined)[] = [];
      for (const address of ['data:text/html,foreign', 'about:blank']) {
        const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        await foreign.loadURL(address);
        const reply = (await foreign.webContents.executeJavaScript("semblance.send('hostInfo', {})")) as {
          error?: { code: string };
        };
        found.push(reply.error?.code);
        foreign.destroy();
      }
      return found;
    },
    join(root, 'out/preload/preload.cjs'),
  );
  expect(codes).toEqual(['not-available', 'not-available']);
});

test('17: commands with wrong arguments are refused before they reach the engine', async () => {
  const codes = await page.evaluate(async () => {
    const { semblance } = globalThis as unknown as {
      semblance: { send(command: unknown, args: unknown): Promise<{ error?: { code: string } }> };
    };
    const replies = await Promise.all([
      semblance.send('photo', { photoId: '1; DROP TABLE photos' }),
      semblance.send('search', { examples: [], top: 5 }),
      semblance.send('constructor', {}),
      semblance.send('revealPhoto', { photoId: -1 }),
      semblance.send('openPhoto', { photoId: -1 }),
      semblance.send({ toString: 'status' }, {}),
    ]);
    return replies.map(({ error }) => error?.code);
  });
  const invalid = 'invalid-arguments';
  expect(codes).toEqual([invalid, invalid, 'unknown-command', invalid, invalid, 'not-available']);
});

test('18: pages come over the app’s own scheme, and nothing else over it', async () => {
  const statuses = await page.evaluate(() =>
    Promise.all(
      [
        '/thumbnails/1',
        '/pictures/1/4097',
        '/pictures/1/..%2fpackage.json',
        '/thumbnails/..%2f..%2fpackage.json',
        '/..%2f..%2fpackage.json',
        '/%2e%2e/%2e%2e/package.json',
        '/..%5c..%5cpackage.json',
        '/assets',
        '/nothing.js',
      ].map((path) => fetch(path).then(({ status }) => status)),
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([404]));
  const other = await ask(async ({ net }) => (await net.fetch('semblance://other/index.html')).status);
  expect(other).toBe(404);
});

test('18: no window of the app loads a file or a site, not even when the app itself would', async () => {
  const loaded = await ask(
    async ({ BrowserWindow }, addresses) => {
      const outcomes = [];
      for (const address of addresses) {
        const window = new BrowserWindow({ show: false });
        const failed = new Promise((told) =>
          window.webContents.once('did-fail-load', (_event, _code, reason) => told(reason)),
        );
        window.loadURL(address).catch(() => undefined);
        outcomes.push(await Promise.race([failed, new Promise((told) => setTimeout(told, 3000, address))]));
        window.destroy();
      }
      return outcomes;
    },
    ['file:///etc/hostname', 'http://127.0.0.1:9/', nowhere],
  );
  expect(loaded).toEqual(Array(3).fill('ERR_BLOCKED_BY_CLIENT'));
});

test('20: the page gets three functions, and nothing of Electron', async () => {
  const shape = await page.evaluate(() => {
    const { semblance } = globalThis as unknown as { semblance: Record<string, unknown> };
    const names = ['electron', 'ipcRenderer', 'contextBridge', 'webFrame', 'webUtils'];
    return {
      bridge: Object.entries(semblance)
        .map(([name, value]) => `${name}: ${typeof value}`)
        .sort(),
      electron: names.filter((name) => name in globalThis),
    };
  });
  expect(shape).toEqual({
    bridge: ['pathForFile: function', 'send: function', 'subscribe: function'],
    electron: [],
  });
});

test('no menu opens the developer tools or loads the page anew', async () => {
  const roles = await ask(({ Menu }) => {
    const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? [];
    return items.flatMap(({ role }) => role?.toLowerCase() ?? []);
  });
  expect(roles.filter((role) => ['toggledevtools', 'reload', 'forcereload'].includes(role))).toEqual([]);
});
