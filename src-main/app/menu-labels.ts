/** Every word of the application menu and of menus in text fields, in one place, so that they can be in another language. */
import type { MenuActionId } from '../contract/index.ts';

/** Menus, and what the system does itself. */
type SystemLabel =
  | 'file'
  | 'edit'
  | 'view'
  | 'window'
  | 'help'
  | 'aboutPanel'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'quit'
  | 'close'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'delete'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'minimize'
  | 'zoom'
  | 'front';

export interface MenuLabels {
  actions: Readonly<Record<MenuActionId, string>>;
  system: Readonly<Record<SystemLabel, string>>;
}

export const englishLabels: MenuLabels = {
  actions: {
    'folder.add': 'Add a folder…',
    'search.file': 'Search with photos…',
    palette: 'All actions…',
    'view.library': 'Library',
    'view.search': 'Search',
    'view.duplicates': 'Duplicates',
    'view.map': 'Map',
    'view.tune': 'Tune',
    'view.quality': 'Quality',
    'view.settings': 'Settings',
    'decision.undo': 'Undo the last decision',
    'decision.redo': 'Redo the decision',
    'query.before': 'Query before',
    'query.after': 'Query after',
    shortcuts: 'Shortcuts',
    about: 'About Semblance',
  },
  system: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    window: 'Window',
    help: 'Help',
    aboutPanel: 'About Semblance',
    services: 'Services',
    hide: 'Hide Semblance',
    hideOthers: 'Hide others',
    unhide: 'Show all',
    quit: 'Quit Semblance',
    close: 'Close window',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    delete: 'Delete',
    selectAll: 'Select all',
    resetZoom: 'Actual size',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    togglefullscreen: 'Full screen',
    minimize: 'Minimise',
    zoom: 'Zoom',
    front: 'Bring all to front',
  },
};
