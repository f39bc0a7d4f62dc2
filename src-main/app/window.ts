/** The window: one page that can go nowhere, opened where it was, and shown when it has something to show. */
import { join } from 'node:path';
import { BrowserWindow, screen, shell } from 'electron';
import { isReadingAddress } from '../contract/index.ts';
import { offerTextMenu } from './menu.ts';
import type { MenuLabels } from './menu-labels.ts';
import { pageAddress } from './pages.ts';
import { boundsOnScreens, leastSize, readPlace, rememberPlace } from './window-bounds.ts';

export interface WindowOptions {
  /** Folder of package.json. */
  root: string;
  /** Where the window's place is remembered. */
  placeFile: string;
  /** Colour before the page is there. */
  ground: string;
  /** The words of menus, as they are when one opens. */
  labels: () => MenuLabels;
}

export function openWindow({ root, placeFile, ground, labels }: WindowOptions): BrowserWindow {
  const place = readPlace(placeFile);
  const window = new BrowserWindow({
    ...boundsOnScreens(place, screensByImportance()),
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    show: false,
    backgroundColor: ground,
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
  window.once('ready-to-show', () => {
    if (place?.maximised) window.maximize();
    if (place?.fullScreen) window.setFullScreen(true);
    window.show();
    // Not before: as it opens, the window is not where it will be.
    rememberPlace(window, placeFile);
  });
  window.webContents.setWindowOpenHandler(({ url }) => {
    // A paper that the guide names is read in the person's own browser.
    if (isReadingAddress(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  // The page may begin anew, as in another language, and go nowhere else.
  window.webContents.on('will-navigate', (event) => {
    if (event.url !== pageAddress) event.preventDefault();
  });
  offerTextMenu(window, labels);
  void window.loadURL(pageAddress);
  return window;
}

/** Usable areas of the screens, the main one first. */
function screensByImportance(): Electron.Rectangle[] {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main, ...others].map(({ workArea }) => workArea);
}
