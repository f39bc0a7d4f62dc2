/** Electron's main process: one window, the pages' scheme, and the engine's supervisor. */
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, type IpcMainInvokeEvent, session } from 'electron';
import { type Reply, SemblanceError, toErrorReport } from '../contract/index.ts';
import { EngineSupervisor } from '../engine/supervisor.ts';
import { commandChannel, eventChannel } from './channels.ts';
import { engineNode } from './engine-node.ts';
import { answerCommand } from './host-commands.ts';
import { setMenu } from './menu.ts';
import { isOwnPage, pageAddress, registerScheme, servePages } from './pages.ts';

const root = join(__dirname, '../..');

function libraryPath(): string {
  const at = process.argv.indexOf('--library');
  const named = at < 0 ? undefined : process.argv.at(at + 1);
  return named ?? process.env['SEMBLANCE_LIBRARY'] ?? join(app.getPath('userData'), 'library');
}

function openWindow(supervisor: EngineSupervisor): void {
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    minWidth: 720,
    minHeight: 480,
    title: 'Semblance',
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(root, 'out/preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      // Dictionaries would be downloaded.
      spellcheck: false,
    },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  const unsubscribe = supervisor.subscribe((event) => {
    if (!window.isDestroyed()) window.webContents.send(eventChannel, event);
  });
  window.on('closed', unsubscribe);
  void window.loadURL(pageAddress);
}

/** Only the top frame of our own page may send commands. */
function isTrusted(event: IpcMainInvokeEvent): boolean {
  const { senderFrame } = event;
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}

/** Of what a page can ask for, only putting text on the clipboard, as for a photo's path. */
function isAllowed(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}

function answerCommands(supervisor: EngineSupervisor): void {
  ipcMain.handle(commandChannel, async (event, command: unknown, args: unknown): Promise<Reply> => {
    try {
      if (!isTrusted(event) || typeof command !== 'string') {
        throw new SemblanceError('not-available', 'Commands are taken from the app’s own window only.');
      }
      const value = await answerCommand(supervisor.call, command, args);
      // Host commands travel in the same envelope; the page knows which answer it asked for.
      return { id: 0, ok: true, value: value as never };
    } catch (error) {
      return { id: 0, ok: false, error: toErrorReport(error) };
    }
  });
}

function run(): void {
  registerScheme();
  const supervisor = new EngineSupervisor({
    entry: join(__dirname, 'engine-process.cjs'),
    node: engineNode(root, process.resourcesPath),
    libraryPath: libraryPath(),
    program: 'window',
  });
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows().at(0);
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let engineClosed = false;
  app.on('will-quit', (event) => {
    if (engineClosed) return;
    event.preventDefault();
    void supervisor.close().finally(() => {
      engineClosed = true;
      app.quit();
    });
  });
  void app.whenReady().then(() => {
    session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
      answer(isAllowed(permission)),
    );
    session.defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
    setMenu();
    servePages(join(root, 'out/renderer'), supervisor.call);
    answerCommands(supervisor);
    supervisor.start();
    openWindow(supervisor);
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) openWindow(supervisor);
    });
  });
}

// Two windows on one library would be refused by its lock; the first one comes to the front instead.
if (app.requestSingleInstanceLock()) run();
else app.quit();
