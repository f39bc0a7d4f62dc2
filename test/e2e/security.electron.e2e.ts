import { expect, test } from './fixtures.ts';

test('the page has no Node, no Electron and one bridge', async ({ app }) => {
  const found = await app.page.evaluate(() => ({
    require: typeof (globalThis as Record<string, unknown>)['require'],
    process: typeof (globalThis as Record<string, unknown>)['process'],
    bridge: Object.keys((globalThis as unknown as { semblance: object }).semblance).sort(),
  }));
  expect(found).toEqual({
    require: 'undefined',
    process: 'undefined',
    bridge: ['pathForFile', 'send', 'subscribe'],
  });
});

test('the page can neither open windows nor go elsewhere', async ({ app }) => {
  const { page, electron } = app;
  const address = page.url();
  expect(await page.evaluate(() => window.open('https://127.0.0.1:9/'))).toBeNull();
  await page.evaluate(() => {
    location.href = 'https://127.0.0.1:9/';
  });
  await page.waitForTimeout(300);
  expect(page.url()).toBe(address);
  expect(electron?.windows()).toHaveLength(1);
});

test('inline and foreign code is refused', async ({ app }) => {
  const ran = await app.page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.ranInline = true';
    document.body.append(script);
    // Playwright lifts the policy for its own call only.
    await new Promise((resolve) => setTimeout(resolve));
    let evaluated = true;
    try {
      (globalThis as unknown as { eval(code: string): void }).eval('1');
    } catch {
      evaluated = false;
    }
    const fetched = await fetch('https://127.0.0.1:9/').then(
      () => true,
      () => false,
    );
    return { inline: 'ranInline' in window, evaluated, fetched };
  });
  expect(ran).toEqual({ inline: false, evaluated: false, fetched: false });
});

test('pages and pictures come from their places only', async ({ app }) => {
  const statuses = await app.page.evaluate(() =>
    Promise.all(
      [
        '/thumbnails/1',
        '/pictures/1/4097',
        '/pictures/1/..%2fpackage.json',
        '/thumbnails/..%2f..%2fpackage.json',
        '/..%2f..%2fpackage.json',
        '/nothing.js',
      ].map((path) => fetch(path).then(({ status }) => status)),
    ),
  );
  expect(statuses).toEqual([404, 404, 404, 404, 404, 404]);
});

test('commands with wrong arguments are refused before they reach the engine', async ({ app }) => {
  const codes = await app.page.evaluate(async () => {
    const { semblance } = globalThis as unknown as {
      semblance: { send(command: string, args: unknown): Promise<{ error?: { code: string } }> };
    };
    const replies = await Promise.all([
      semblance.send('photo', { photoId: '1; DROP TABLE photos' }),
      semblance.send('search', { examples: [], top: 5 }),
      semblance.send('constructor', {}),
      semblance.send('revealPhoto', { photoId: -1 }),
    ]);
    return replies.map(({ error }) => error?.code);
  });
  expect(codes).toEqual(['invalid-arguments', 'invalid-arguments', 'unknown-command', 'invalid-arguments']);
});
