/** Opens the window where Electron can run, and else the same interface in the browser. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SemblanceError } from '../contract/index.ts';
import { openOnDesktop, requestAddress, serve } from '../server/index.ts';

/** From source and from the bundle alike, package.json lies two folders above. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const downloadLimitMs = 120_000;

export interface InterfaceOptions {
  library: string;
  /** Photos to search with and folders to add, absolute paths. */
  open: readonly string[];
  /** Of the server, where a browser is used; 0 takes a free one. */
  port: number;
  /** Whether a browser is wanted even where a window could be opened. */
  browser: boolean;
}

/**
 * Ends when the window is closed or the server stopped.
 * @throws SemblanceError those of `serve`, and `not-available` when the interface is not built
 */
export async function openInterface(options: InterfaceOptions): Promise<void> {
  if (!existsSync(join(root, 'out/main/shell.cjs'))) {
    throw new SemblanceError('not-available', 'The interface has not been built yet. Run: npm run build');
  }
  const obstacle = options.browser ? 'A browser was asked for' : windowObstacle();
  const electron = obstacle === null ? findElectron() : null;
  if (electron !== null) {
    openWindow(electron, options);
    return;
  }
  console.log(`${obstacle ?? 'Electron is not here and could not be fetched'}: using the browser.`);
  await openBrowser(options);
}

/** Electron's binary: one named by the environment, the installed one, or one fetched now, once. */
function findElectron(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const electron = join(root, 'node_modules/electron');
  if (override) {
    const binary = join(override, process.platform === 'win32' ? 'electron.exe' : 'electron');
    return existsSync(binary) ? binary : null;
  }
  return installedElectron(electron) ?? fetchedElectron(electron);
}

function installedElectron(electron: string): string | null {
  const pathFile = join(electron, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(electron, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function fetchedElectron(electron: string): string | null {
  console.error('Fetching Electron for the window, once…');
  const { status } = spawnSync(process.execPath, [join(electron, 'install.js')], {
    stdio: 'ignore',
    timeout: downloadLimitMs,
  });
  return status === 0 ? installedElectron(electron) : null;
}

/** Why no window can be opened here, in words, or null. */
function windowObstacle(): string | null {
  const { DISPLAY, WAYLAND_DISPLAY, ELECTRON_OVERRIDE_DIST_PATH } = process.env;
  if (!ELECTRON_OVERRIDE_DIST_PATH && !existsSync(join(root, 'node_modules/electron'))) {
    return 'Electron, which opens windows, is no part of this installation';
  }
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'There is no display';
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron opens no window for root';
  return null;
}

function openWindow(electron: string, { library, open }: InterfaceOptions): void {
  const child = spawn(electron, [root, '--library', library, ...open], { stdio: 'inherit' });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}

async function openBrowser({ library, open, port }: InterfaceOptions): Promise<void> {
  // A server that runs already shows what is opened.
  const running = open.length > 0 ? await requestAddress(library, open).catch(() => null) : null;
  if (running !== null) {
    console.log(`Semblance is at ${running}`);
    await openOnDesktop(running);
    return;
  }
  const server = await serve({ libraryPath: library, port, roots: [homedir()], openBrowser: true, open });
  console.log(`Semblance is at ${server.address()}`);
  const itself = existsSync(join(root, 'src-main')) ? 'npm run -s semblance --' : 'semblance';
  const next = `For another address: ${itself} open. To stop: Ctrl-C.`;
  console.log(server.browserOpened ? next : `No browser could be opened; open that address in one. ${next}`);
  const stop = (): void => void server.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await server.closed;
}
