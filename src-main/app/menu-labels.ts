/** Every word of the application menu and of menus in text fields, in one place, by language. */
import type { Language, MenuActionId } from '../contract/index.ts';

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

const english: MenuLabels = {
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
    help: 'Guide',
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

const german: MenuLabels = {
  actions: {
    'folder.add': 'Ordner hinzufügen …',
    'search.file': 'Mit Fotos suchen …',
    palette: 'Alle Aktionen …',
    'view.library': 'Bibliothek',
    'view.search': 'Suche',
    'view.duplicates': 'Duplikate',
    'view.map': 'Karte',
    'view.tune': 'Abstimmen',
    'view.quality': 'Qualität',
    'view.settings': 'Einstellungen',
    'decision.undo': 'Letzte Entscheidung rückgängig machen',
    'decision.redo': 'Entscheidung wiederholen',
    'query.before': 'Vorige Anfrage',
    'query.after': 'Nächste Anfrage',
    help: 'Anleitung',
    shortcuts: 'Tastenkürzel',
    about: 'Über Semblance',
  },
  system: {
    file: 'Datei',
    edit: 'Bearbeiten',
    view: 'Ansicht',
    window: 'Fenster',
    help: 'Hilfe',
    aboutPanel: 'Über Semblance',
    services: 'Dienste',
    hide: 'Semblance ausblenden',
    hideOthers: 'Andere ausblenden',
    unhide: 'Alle einblenden',
    quit: 'Semblance beenden',
    close: 'Fenster schließen',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einfügen',
    delete: 'Löschen',
    selectAll: 'Alles auswählen',
    resetZoom: 'Originalgröße',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    togglefullscreen: 'Vollbild',
    minimize: 'Minimieren',
    zoom: 'Zoomen',
    front: 'Alle nach vorne bringen',
  },
};

export const menuLabels: Readonly<Record<Language, MenuLabels>> = { en: english, de: german };
