/** Electron's main process: one window, the pages' scheme, and the engine's supervisor. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { app, type BrowserWindow, session } from 'electron';
import type { MenuActionId, PageEvent } from '../contract/index.ts';
import { engineNode } from '../engine/engine-node.ts';
import { type Log, openProcessLog } from '../engine/log.ts';
import { OpenedFiles } from '../engine/opened-files.ts';
import { EngineSupervisor } from '../engine/supervisor.ts';
import { dataFolder } from '../vision/data-folder.ts';
import { setAboutPanel } from './about.ts';
import { Appearance } from './appearance.ts';
import { parseArguments } from './arguments.ts';
import { eventChannel } from './channels.ts';
import { answerCommands } from './commands.ts';
import { engineFolder } from './engine-folder.ts';
import { guardContents, guardSession, keepOffTheNetwork } from './guards.ts';
import { setMenu } from './menu.ts';
import { registerScheme, servePages } from './pages.ts';
import { OpenJobs, showProgress } from './progress-bar.ts';
import { isFirstInstance } from './single-instance.ts';
import { userDataFolder } from './user-data.ts';
import { openWindow } from './window.ts';

const root = join(__dirname, '../..');

class Shell {
  readonly #supervisor: EngineSupervisor;
  readonly #opened = new OpenedFiles();
  readonly #jobs = new OpenJobs();
  readonly #appearance: Appearance;
  readonly #libraryName: string | null;
  readonly #log: Log;
  #window: BrowserWindow | null = null;

  /** @param appData the folder that all libraries share */
  constructor(libraryPath: string, libraryName: string | null, appData: string) {
    this.#libraryName = libraryName;
    this.#log = openProcessLog(libraryPath, 'window');
    this.#appearance = new Appearance(appData);
    this.#supervisor = new EngineSupervisor({
      entry: join(engineFolder(root, process.resourcesPath), 'out/main/engine-process.cjs'),
      node: engineNode(process.resourcesPath),
      libraryPath,
      program: 'window',
      log: this.#log,
    });
    this.#supervisor.subscribe((event) => {
      this.#tell(event);
      if (this.#jobs.hear(event)) this.#showProgress();
    });
    this.#opened.subscribe(() => this.#tell({ event: 'opened', data: {} }));
  }

  /** Gives the page what the person opened, in a window that is in front. */
  open(paths: readonly string[]): void {
    this.#opened.add(paths);
    this.#comeToFront();
  }

  run(): void {
    guardSession(session.defaultSession);
    this.#setMenu();
    this.#appearance.subscribeToLanguage(() => this.#setMenu());
    setAboutPanel(root);
    servePages(join(root, 'out/renderer'), this.#supervisor.call);
    answerCommands({
      call: this.#supervisor.call,
      opened: this.#opened,
      appearance: this.#appearance,
      libraryName: this.#libraryName,
    });
    this.#logLosses();
    this.#supervisor.start();
    this.#openWindow();
    app.on('activate', () => this.#comeToFront());
    this.#appearance.subscribe(() => this.#window?.setBackgroundColor(this.#appearance.ground));
  }

  #setMenu(): void {
    setMenu((id) => this.#act(id), this.#appearance.labels);
  }

  /** Jobs that run go on the next time. */
  async close(): Promise<void> {
    await this.#supervisor.close();
    this.#log.info('ended');
    await this.#log.close();
  }

  /** Of Electron's own processes: that of the page, and those that draw and decode. */
  #logLosses(): void {
    app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
      if (reason !== 'clean-exit') this.#log.warn('page-lost', { reason, exitCode });
    });
    app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
      if (reason !== 'clean-exit') this.#log.warn('helper-lost', { type, reason, exitCode });
    });
  }

  #openWindow(): void {
    const window = openWindow({
      root,
      placeFile: join(app.getPath('userData'), 'window.json'),
      ground: this.#appearance.ground,
      labels: () => this.#appearance.labels,
    });
    this.#window = window;
    window.on('closed', () => (this.#window = null));
    this.#showProgress();
  }

  /** On a Mac the app stays when its window is closed. */
  #comeToFront(): void {
    if (!app.isReady()) return;
    const window = this.#window;
    if (!window) {
      this.#openWindow();
      return;
    }
    if (window.isMinimized()) window.restore();
    // One that has not shown itself yet will do so.
    if (window.isVisible()) window.focus();
  }

  #act(id: MenuActionId): void {
    this.#comeToFront();
    const tell = (): void => this.#tell({ event: 'menuAction', data: { id } });
    const contents = this.#window?.webContents;
    // A page that is only being opened hears nothing yet.
    if (contents?.isLoadingMainFrame()) contents.once('did-finish-load', tell);
    else tell();
  }

  #tell(event: PageEvent): void {
    this.#window?.webContents.send(eventChannel, event);
  }

  #showProgress(): void {
    if (this.#window) showProgress(this.#window, this.#jobs.all);
  }
}

function start(): void {
  // What fuses keep out of a packaged shell would else reach its engine, which is a Node of its own.
  if (app.isPackaged) delete process.env['NODE_OPTIONS'];
  const given = parseArguments(process.argv, process.defaultApp, process.cwd());
  const usual = dataFolder('library');
  if (given.logLevel !== undefined) process.env['SEMBLANCE_LOG'] = given.logLevel;
  const libraryPath = given.library ?? usual;
  const appData = app.getPath('userData');
  const userData = userDataFolder(appData, libraryPath, usual);
  mkdirSync(userData, { recursive: true });
  app.setPath('userData', userData);
  let shell: Shell | null = null;
  const isFirst = isFirstInstance(given.paths, (paths) => shell?.open(paths));
  if (!isFirst) {
    app.quit();
    return;
  }
  keepOffTheNetwork();
  registerScheme();
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  shell = new Shell(libraryPath, userData === appData ? null : basename(libraryPath), appData);
  const opening = shell;
  opening.open(given.paths);
  // A Mac's way to open files; it may come before the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    opening.open([path]);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let engineClosed = false;
  app.on('will-quit', (event) => {
    if (engineClosed) return;
    event.preventDefault();
    void opening.close().finally(() => {
      engineClosed = true;
      app.quit();
    });
  });
  void app.whenReady().then(() => opening.run());
}

start();
