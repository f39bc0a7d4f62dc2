/** An app that starts as a person starts it, reached by the port that Chromium offers to developers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chromium } from '@playwright/test';
import { electronStart, type RunningApp } from './hosts.ts';

export interface AppByPort extends RunningApp {
  /** Date.now() right before it was started. */
  startedMs: number;
}

interface StartOptions {
  /** Further arguments. */
  rest?: readonly string[];
  variables?: Record<string, string>;
  /** How long it is left alone: whoever looks at a start slows it down. */
  aloneMs?: number;
}

/** For apps with their fuses set, which Playwright has no other way into; and to measure a start that nothing holds back. */
export async function openByPort(
  binary: string,
  library: string,
  { rest = [], variables = {}, aloneMs = 0 }: StartOptions = {},
): Promise<AppByPort> {
  const { args, env } = electronStart(library, ['--remote-debugging-port=0', ...rest]);
  const startedMs = Date.now();
  const shell = spawn(binary, args, { env: { ...env, ...variables }, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => shell.once('exit', done));
  try {
    const address = await debuggingAddress(shell);
    await new Promise((passed) => setTimeout(passed, aloneMs));
    // Electron refuses Playwright's defaults, of which one is where downloads go.
    const browser = await chromium.connectOverCDP(address, { noDefaults: true });
    const context = browser.contexts()[0];
    const page = context.pages().at(0) ?? (await context.waitForEvent('page'));
    return {
      host: 'package',
      page,
      electron: null,
      startedMs,
      async close() {
        shell.kill();
        await ended;
      },
    };
  } catch (error) {
    shell.kill();
    throw error;
  }
}

function debuggingAddress(shell: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let text = '';
    shell.stderr?.on('data', (data: Buffer) => {
      text += data.toString();
      const printed = /DevTools listening on (ws:\S+)/.exec(text);
      if (printed) found(printed[1]);
    });
    shell.once('exit', () => failed(new Error(`the app ended: ${text}`)));
  });
}
