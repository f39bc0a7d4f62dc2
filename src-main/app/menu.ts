/** The application menu, and the menu of text fields. */
import { type BrowserWindow, Menu } from 'electron';
import type { MenuActionId } from '../contract/index.ts';
import type { MenuLabels } from './menu-labels.ts';
import { menuTemplate, textMenuTemplate } from './menu-template.ts';

/** @param run does an action of the interface */
export function setMenu(run: (id: MenuActionId) => void, labels: MenuLabels): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, labels, run)));
}

/**
 * The page has menus of its own where it takes the event, as over photos.
 * @param labels as they are when the menu opens
 */
export function offerTextMenu(window: BrowserWindow, labels: () => MenuLabels): void {
  window.webContents.on('context-menu', (_event, text) => {
    const template = textMenuTemplate(text, labels());
    if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
  });
}
