/** Every action with its key: one table for the keyboard and for the list of shortcuts. */
import type { AppState } from './state/app.svelte.ts';

export interface Action {
  title: string;
  /** As `KeyboardEvent.key`, pressed without a modifier. */
  key: string;
  run: (app: AppState) => void;
}

export const actions: Action[] = [
  { title: 'Library', key: '1', run: (app) => (app.view = 'library') },
  { title: 'Search', key: '2', run: (app) => (app.view = 'search') },
  { title: 'Duplicates', key: '3', run: (app) => (app.view = 'duplicates') },
  { title: 'Map', key: '4', run: (app) => (app.view = 'map') },
  { title: 'Tune', key: '5', run: (app) => (app.view = 'tune') },
  { title: 'Quality', key: '6', run: (app) => (app.view = 'quality') },
  { title: 'Settings', key: '7', run: (app) => (app.view = 'settings') },
  { title: 'Add a folder', key: 'a', run: (app) => (app.addingFolder = true) },
  { title: 'Query before', key: '[', run: (app) => void app.search.back() },
  { title: 'Query after', key: ']', run: (app) => void app.search.forward() },
  { title: 'Show the shortcuts', key: '?', run: (app) => (app.showingShortcuts = true) },
];

/** Keys that the photos take themselves, in the library as among results. */
export const photoKeys = [
  { title: 'Move between photos', key: 'Arrow keys' },
  { title: 'First and last photo', key: 'Home, End' },
  { title: 'Find similar photos', key: 'Enter' },
  { title: 'Why a result was found', key: 'w' },
  { title: 'Use as a sample in Tune', key: 'u' },
  { title: 'Search with a picture from the clipboard', key: 'Ctrl V, ⌘ V' },
];

/** Keys that a group of duplicates takes. */
export const duplicateKeys = [
  { title: 'Another group', key: '↑ ↓' },
  { title: 'Another photo of the group', key: '← →' },
  { title: 'Side by side, or flicker', key: 'f' },
  { title: 'Keep the other photo', key: 'k' },
  { title: 'Move the other photo to the bin', key: 'Delete' },
  { title: 'Not duplicates', key: 'n' },
];

/** Keys that the map takes. */
export const mapKeys = [
  { title: 'Move the map', key: '← → ↑ ↓' },
  { title: 'Zoom the map', key: '+ −' },
  { title: 'Show all of the map', key: '0' },
  { title: 'Open the photo in the middle', key: 'Enter' },
  { title: 'Select the photo in the middle', key: 'Space' },
  { title: 'Draw around photos to select them', key: 'Shift, drag' },
];

/** Runs the action of a key, unless somebody is typing or answering a dialog. */
export function handleKey(event: KeyboardEvent, app: AppState): void {
  const { target } = event;
  const typing = target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = actions.find(({ key }) => key === event.key);
  if (!action) return;
  event.preventDefault();
  action.run(app);
}
