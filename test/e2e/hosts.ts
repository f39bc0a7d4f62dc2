/** Opens Semblance in a real Electron window, from the source or from its package, or in a real Chromium against its server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  _electron,
  type Browser,
  chromium,
  type ElectronApplication,
  errors,
  type Page,
} from '@playwright/test';
import { packagedApp } from './packaged.ts';

export type HostName = 'electron' | 'package' | 'chromium';

export interface RunningApp {
  host: HostName;
  page: Page;
  /** Only in Electron. */
  electron: ElectronApplication | null;
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');
const asRoot = process.getuid?.() === 0;

/** How long a packaged app may take to start. */
const packageStartMs = 40_000;

const chromiumPath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
const chromiumFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // What the browser itself would ask its maker for. Hosts that our pages might ask for are looked up, and so are seen.
  `--host-resolver-rules=${['google.com', 'googleapis.com', 'gstatic.com', 'gvt1.com'].map((host) => `MAP *.${host} ~NOTFOUND`).join(', ')}`,
];

/** Path of an Electron that can be started, or null. */
export function electronPath(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = join(root, 'node_modules/electron/path.txt');
  const installed = existsSync(pathFile)
    ? join(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8').trim())
    : null;
  const binary = override ? join(override, 'electron') : installed;
  return binary !== null && existsSync(binary) ? binary : null;
}

/** Why a host cannot be had on this machine and what would change that, or null. */
export function obstacle(host: HostName): string | null {
  if (host === 'chromium') {
    return existsSync(chromiumPath)
      ? null
      : `no ${chromiumPath}: apt-get install chromium (Debian), or CHROME_PATH=… npm test`;
  }
  if (electronPath() === null) {
    return 'no Electron binary: npx install-electron, or bash test/standin/prepare.sh and ELECTRON_OVERRIDE_DIST_PATH=.standin/electron';
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'no display: xvfb-run -a npm test';
  return null;
}

export function openApp(host: HostName, library: string, roots: string[]): Promise<RunningApp> {
  if (host === 'chromium') return openChromium(library, roots);
  return host === 'package' ? openPackage(library) : openElectron(library);
}

/** Models that a test adds are its own, and so is what is found out about devices. */
export function modelsFolder(library: string): string {
  return join(library, '..', 'own-models');
}

/** The catalogue is the test's own where it has written one beside the library; what is mounted it may say in a file there. */
function environment(library: string): Record<string, string> {
  const catalogue = join(library, '..', 'catalogue.json');
  const variables = { ...process.env } as Record<string, string>;
  // Some libraries, onnxruntime among them, keep quiet in continuous integration; a person's machine is none.
  delete variables['CI'];
  return {
    ...variables,
    SEMBLANCE_MODELS: modelsFolder(library),
    ...(existsSync(catalogue) && { SEMBLANCE_CATALOGUE: catalogue }),
    SEMBLANCE_VOLUMES: join(library, '..', 'volumes.json'),
    // What is moved to the bin lies there, and goes with the test.
    XDG_DATA_HOME: join(library, '..', 'data'),
  };
}

/** What Electron is started with, by Playwright or by itself. */
export function electronStart(
  library: string,
  rest: readonly string[],
): { args: string[]; env: Record<string, string> } {
  return {
    args: [...(asRoot ? ['--no-sandbox'] : []), '--disable-gpu', ...rest, '--library', library],
    env: { ...environment(library), XDG_CONFIG_HOME: join(library, '..', 'config') },
  };
}

/** @param paths photos and folders that it is started with */
export async function openElectron(library: string, paths: readonly string[] = []): Promise<RunningApp> {
  // Without executablePath Playwright takes the binary of the electron package, as electronPath does, and holds
  // the app back until it is attached; with it, about one start in fifty never shows a window.
  const electron = await _electron.launch({
    ...electronStart(library, [root, ...paths]),
    // The system's, rather than one that Playwright puts in its place.
    colorScheme: null,
    cwd: root,
  });
  const page = await electron.firstWindow();
  return { host: 'electron', page, electron, close: () => electron.close() };
}

/**
 * The package whose fuses still let Playwright in. Nothing holds a packaged app back until Playwright is attached: when its
 * window comes before that, Playwright waits in vain. That was so in four of 25 starts on a machine with much else to do.
 */
async function openPackage(library: string): Promise<RunningApp> {
  for (let triesLeft = 3; ; triesLeft--) {
    let electron: ElectronApplication | null = null;
    try {
      electron = await _electron.launch({
        ...electronStart(library, []),
        executablePath: packagedApp.binary,
        colorScheme: null,
        timeout: packageStartMs,
      });
      const page = await electron.firstWindow({ timeout: packageStartMs });
      const opened = electron;
      return { host: 'package', page, electron, close: () => opened.close() };
    } catch (error) {
      await electron?.close();
      if (triesLeft === 0 || !(error instanceof errors.TimeoutError)) throw error;
    }
  }
}

/**
 * Starts Electron once more for a library that has a window already, as a person would from a file manager.
 * @returns its exit status
 */
export async function startAgain(library: string, paths: readonly string[]): Promise<number | null> {
  const { args, env } = electronStart(library, [root, ...paths]);
  const second = spawn(electronPath() ?? '', args, { cwd: join(library, '..'), env, stdio: 'ignore' });
  return new Promise((ended, failed) => {
    second.once('error', failed);
    second.once('exit', (code) => ended(code));
  });
}

async function openChromium(library: string, roots: string[]): Promise<RunningApp> {
  return openChromiumAt(await startServer(library, roots));
}

/** Starting a browser takes longer than many a story: those of a worker share one, each with cookies and memory of its own. */
let sharedBrowser: Promise<Browser> | undefined;

/** A browser at the address of a server, which ends with the page. */
export async function openChromiumAt(server: TestServer): Promise<RunningApp> {
  sharedBrowser ??= chromium.launch({
    executablePath: chromiumPath,
    args: [...chromiumFlags, ...(asRoot ? ['--no-sandbox'] : [])],
  });
  const browser = await sharedBrowser;
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
  const page = await context.newPage();
  await page.goto(server.address);
  return {
    host: 'chromium',
    page,
    electron: null,
    async close() {
      await context.close();
      await server.stop();
    },
  };
}

export interface TestServer {
  address: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts `semblance serve` as a person would, and waits for the address that it prints. */
export async function startServer(library: string, roots: string[]): Promise<TestServer> {
  return startSemblance(library, [
    'serve',
    '--library',
    library,
    ...roots.flatMap((path) => ['--root', path]),
  ]);
}

/** Starts a command that serves the interface, and waits for the address that it prints. */
export async function startSemblance(
  library: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<TestServer> {
  const server = spawn(process.execPath, [join(root, 'out/main/semblance.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment(library), ...variables },
  });
  const address = await new Promise<string>((found, failed) => {
    let text = '';
    server.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      const printed = /http:\/\/\S+/.exec(text);
      if (printed) found(printed[0]);
    });
    server.once('exit', () => failed(new Error(`the server ended: ${text}`)));
  });
  return {
    address,
    process: server,
    async stop() {
      if (server.exitCode !== null) return;
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
    },
  };
}

/** Process id of the engine that works on a library (Linux). */
export function engineProcessId(library: string): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (command.some((part) => part.includes('engine-process')) && command.includes(library))
        return Number(name);
    } catch {
      // The process ended meanwhile.
    }
  }
  throw new Error(`no engine works on ${library}`);
}
