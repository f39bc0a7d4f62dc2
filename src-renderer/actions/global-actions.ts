/** What can be done anywhere. */
import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import BookOpen from '@lucide/svelte/icons/book-open';
import QualityIcon from '@lucide/svelte/icons/chart-line';
import CommandIcon from '@lucide/svelte/icons/command';
import CopyIcon from '@lucide/svelte/icons/copy';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import ImageUp from '@lucide/svelte/icons/image-up';
import Images from '@lucide/svelte/icons/images';
import Info from '@lucide/svelte/icons/info';
import Keyboard from '@lucide/svelte/icons/keyboard';
import MapIcon from '@lucide/svelte/icons/map';
import Redo from '@lucide/svelte/icons/redo-2';
import SearchIcon from '@lucide/svelte/icons/search';
import SettingsIcon from '@lucide/svelte/icons/settings';
import TuneIcon from '@lucide/svelte/icons/sliders-horizontal';
import Undo from '@lucide/svelte/icons/undo-2';
import { pickPhotos } from '../searching/photo-files.ts';
import { menuActionKeys } from '../../src-main/contract/index.ts';
import type { AppState, View } from '../state/app.svelte.ts';
import type { Arrangement } from '../state/library-photos.svelte.ts';
import type { GlobalAction } from './action.ts';
import { withMod } from './keys.ts';

/** Views in the order of the rail; the rail and the keys 1 to 9 are made of them. */
export const views: { view: View; title: string; icon: typeof Images }[] = [
  { view: 'library', title: 'Library', icon: Images },
  { view: 'search', title: 'Search', icon: SearchIcon },
  { view: 'duplicates', title: 'Duplicates', icon: CopyIcon },
  { view: 'map', title: 'Map', icon: MapIcon },
  { view: 'tune', title: 'Tune', icon: TuneIcon },
  { view: 'quality', title: 'Quality', icon: QualityIcon },
  { view: 'settings', title: 'Settings', icon: SettingsIcon },
];

const showViews = views.map(({ view, title, icon }, place): GlobalAction => ({
  kind: 'global',
  id: `view.${view}`,
  title,
  keys: [String(place + 1), menuActionKeys[`view.${view}`]],
  icon,
  run: (app) => {
    app.viewer.close();
    app.view = view;
  },
}));

function arrangement(id: string, title: string, change: Partial<Arrangement>): GlobalAction {
  return {
    kind: 'global',
    id: `library.${id}`,
    title,
    keys: [],
    icon: Images,
    run: (app: AppState) => {
      app.view = 'library';
      return app.photos.arrange({ ...app.photos.arrangement, ...change });
    },
  };
}

export const globalActions: readonly GlobalAction[] = [
  ...showViews,
  {
    kind: 'global',
    id: 'palette',
    title: 'All actions',
    keys: [menuActionKeys.palette],
    icon: CommandIcon,
    run: (app) => {
      app.showingPalette = true;
    },
  },
  {
    kind: 'global',
    id: 'folder.add',
    title: 'Add a folder',
    keys: ['a', menuActionKeys['folder.add']],
    icon: FolderPlus,
    run: (app) => app.askToAddFolder(),
  },
  {
    kind: 'global',
    id: 'search.file',
    title: 'Search with photos from the disk',
    keys: [menuActionKeys['search.file']],
    icon: ImageUp,
    run: choosePhotos,
  },
  {
    kind: 'global',
    id: 'query.before',
    title: 'Query before',
    keys: ['[', menuActionKeys['query.before']],
    icon: ArrowLeft,
    whyNot: ({ search }) => (search.canGoBack ? null : 'There is no query before this one.'),
    run: ({ search }) => search.back(),
  },
  {
    kind: 'global',
    id: 'query.after',
    title: 'Query after',
    keys: [']', menuActionKeys['query.after']],
    icon: ArrowRight,
    whyNot: ({ search }) => (search.canGoForward ? null : 'There is no query after this one.'),
    run: ({ search }) => search.forward(),
  },
  {
    kind: 'global',
    id: 'decision.undo',
    title: 'Undo the last decision',
    keys: [withMod('z')],
    icon: Undo,
    run: ({ deeds }) => deeds.undo(),
  },
  {
    kind: 'global',
    id: 'decision.redo',
    title: 'Redo the decision',
    keys: [withMod('Shift', 'z')],
    icon: Redo,
    run: ({ deeds }) => deeds.redo(),
  },
  arrangement('sort.path', 'Sort the library by folder and name', { order: 'path', direction: undefined }),
  arrangement('sort.newest', 'Sort the library by date, the newest first', {
    order: 'taken',
    direction: 'descending',
  }),
  arrangement('sort.oldest', 'Sort the library by date, the oldest first', {
    order: 'taken',
    direction: 'ascending',
  }),
  arrangement('sort.name', 'Sort the library by name', { order: 'name', direction: undefined }),
  arrangement('sort.added', 'Sort the library by when photos were added', {
    order: 'added',
    direction: undefined,
  }),
  arrangement('group.folder', 'Group the library by folder', { groupBy: 'folder' }),
  arrangement('group.month', 'Group the library by month', { groupBy: 'month' }),
  arrangement('group.none', 'Show the library without groups', { groupBy: undefined }),
  {
    kind: 'global',
    id: 'about',
    title: 'About Semblance',
    keys: [],
    icon: Info,
    run: (app) => {
      app.viewer.close();
      app.showingAbout = true;
      app.view = 'settings';
    },
  },
  {
    kind: 'global',
    id: 'help',
    title: 'Open the guide',
    keys: [menuActionKeys.help],
    icon: BookOpen,
    run: (app) => {
      app.showingGuide = true;
    },
  },
  {
    kind: 'global',
    id: 'shortcuts',
    title: 'Show the shortcuts',
    keys: ['?'],
    icon: Keyboard,
    run: (app) => {
      app.showingShortcuts = true;
    },
  },
];

/** With the system's dialog in a window; a browser has one of its own. */
async function choosePhotos(app: AppState): Promise<void> {
  if (app.host?.kind === 'electron') {
    // What is chosen comes as what was opened.
    await app.client.call('choosePhotos', {});
    return;
  }
  const files = await pickPhotos();
  if (files.length > 0) app.findSimilarToFiles(files);
}
