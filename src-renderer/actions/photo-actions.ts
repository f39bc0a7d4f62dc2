/** What can be done with photos, wherever they are shown. */
import CheckCheck from '@lucide/svelte/icons/check-check';
import WhyIcon from '@lucide/svelte/icons/circle-question-mark';
import ClipboardIcon from '@lucide/svelte/icons/clipboard';
import Expand from '@lucide/svelte/icons/expand';
import SheetIcon from '@lucide/svelte/icons/layout-grid';
import OpenIcon from '@lucide/svelte/icons/external-link';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Info from '@lucide/svelte/icons/info';
import MinusIcon from '@lucide/svelte/icons/minus';
import PlusIcon from '@lucide/svelte/icons/plus';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import TuneIcon from '@lucide/svelte/icons/sliders-horizontal';
import Star from '@lucide/svelte/icons/star';
import TagIcon from '@lucide/svelte/icons/tag';
import Trash from '@lucide/svelte/icons/trash-2';
import X from '@lucide/svelte/icons/x';
import { mostOnSheet } from '../../src-main/contract/index.ts';
import { downloadPhotosSheet } from '../contact-sheet.ts';
import { starsWords } from '../photo-words.ts';
import { plural } from '../plural.ts';
import type { AppState } from '../state/app.svelte.ts';
import { mostBinned } from '../state/photo-deeds.svelte.ts';
import { count } from '../wording.ts';
import type { PhotoAction, Subject } from './action.ts';
import { withMod } from './keys.ts';

/** Paths of more photos than that are of no use in a clipboard. */
const mostPaths = 1000;

const everywhere = ['library', 'results', 'viewer'] as const;

const ratings = [0, 1, 2, 3, 4, 5].map((rating): PhotoAction => ({
  kind: 'photos',
  id: `photo.rate.${rating}`,
  title: rating === 0 ? 'Take the rating away' : `Rate ${starsWords(rating)}`,
  keys: [String(rating)],
  icon: Star,
  group: 'Rate',
  // In the viewer, 0 and 1 are about the size of the picture.
  places: ['library', 'results'],
  ofSeveral: true,
  run: ({ photos }, { deeds }) => deeds.rate(photos, rating),
}));

export const photoActions: readonly PhotoAction[] = [
  {
    kind: 'photos',
    id: 'photo.view',
    title: 'View',
    // Space presses the button that a result is.
    keys: ['Space', 'v'],
    icon: Expand,
    places: ['library', 'results'],
    ofSeveral: false,
    run: ({ place }, { viewer, photos, search }) => {
      const sequence = place === 'results' ? search : photos;
      viewer.open(sequence, sequence.current);
    },
  },
  {
    kind: 'photos',
    id: 'photo.more',
    title: 'More like this',
    keys: ['+'],
    icon: PlusIcon,
    places: ['results'],
    ofSeveral: false,
    run: ({ photo }, app) => {
      if (photo) app.judge(photo, 1);
    },
  },
  {
    kind: 'photos',
    id: 'photo.less',
    title: 'Less like this',
    keys: ['-'],
    icon: MinusIcon,
    places: ['results'],
    ofSeveral: false,
    run: ({ photo }, app) => {
      if (photo) app.judge(photo, -1);
    },
  },
  {
    kind: 'photos',
    id: 'photo.why',
    title: 'Why',
    keys: ['w'],
    icon: WhyIcon,
    places: ['results'],
    ofSeveral: false,
    run: ({ photo }, { search }) => {
      search.explained = photo ?? null;
    },
  },
  {
    kind: 'photos',
    id: 'photo.details',
    title: 'Details',
    keys: ['i'],
    icon: Info,
    places: ['results'],
    ofSeveral: false,
    run: ({ photo }, { search }) => {
      search.detailed = photo && search.detailed !== photo.id ? photo.id : null;
    },
  },
  {
    kind: 'photos',
    id: 'photo.similar',
    title: 'Find similar photos',
    keys: ['Enter'],
    icon: ScanSearch,
    places: everywhere,
    ofSeveral: false,
    run: ({ photo }, app) => {
      app.viewer.close();
      if (photo) app.findSimilar(photo);
    },
  },
  {
    kind: 'photos',
    id: 'photo.example',
    title: 'Add to the query',
    keys: ['+'],
    icon: PlusIcon,
    places: ['library', 'viewer'],
    ofSeveral: false,
    run: ({ photo }, app) => {
      app.viewer.close();
      if (photo) app.addExample(photo);
    },
  },
  {
    kind: 'photos',
    id: 'photo.tag',
    title: 'Tags',
    keys: ['t'],
    icon: TagIcon,
    places: everywhere,
    ofSeveral: true,
    run: ({ photos }, { deeds }) => {
      deeds.tagging = photos;
    },
  },
  ...ratings,
  {
    kind: 'photos',
    id: 'photo.reveal',
    title: 'Reveal in folder',
    keys: ['r'],
    icon: FolderOpen,
    places: everywhere,
    ofSeveral: false,
    whyNot: whyNotRevealed,
    run: ({ photo }, app) => (photo ? app.reveal(photo) : undefined),
  },
  {
    kind: 'photos',
    id: 'photo.open',
    title: 'Open',
    keys: ['o'],
    icon: OpenIcon,
    places: everywhere,
    ofSeveral: false,
    run: ({ photo }, app) => (photo ? app.openOutside(photo) : undefined),
  },
  {
    kind: 'photos',
    id: 'photo.copy-path',
    title: 'Copy path',
    keys: ['c'],
    icon: ClipboardIcon,
    places: everywhere,
    ofSeveral: true,
    whyNot: ({ count: chosen }) =>
      chosen > mostPaths ? `At most ${count(mostPaths)} paths are copied at a time.` : null,
    run: copyPaths,
  },
  {
    kind: 'photos',
    id: 'photo.sheet',
    title: 'Contact sheet',
    keys: [],
    icon: SheetIcon,
    places: ['library'],
    ofSeveral: true,
    whyNot: ({ count: chosen }) =>
      chosen > mostOnSheet ? `At most ${count(mostOnSheet)} photos are on a contact sheet.` : null,
    run: async ({ ids }, { client }) =>
      downloadPhotosSheet(await client.call('photosById', { photoIds: ids() })),
  },
  {
    kind: 'photos',
    id: 'photo.tune',
    title: 'Use as a sample in Tune',
    keys: ['u'],
    icon: TuneIcon,
    places: everywhere,
    ofSeveral: false,
    run: ({ photo }, app) => {
      app.viewer.close();
      if (photo) app.tuneWith(photo);
    },
  },
  {
    kind: 'photos',
    id: 'photo.bin',
    title: 'Move to the bin',
    keys: ['Delete'],
    icon: Trash,
    places: ['library'],
    ofSeveral: true,
    whyNot: ({ count: chosen }) =>
      chosen > mostBinned ? `At most ${count(mostBinned)} photos go to the bin at a time.` : null,
    run: ({ ids }, { deeds }) => deeds.askToBin(ids()),
  },
  {
    kind: 'photos',
    id: 'selection.all',
    title: 'Select all photos',
    keys: [withMod('a')],
    icon: CheckCheck,
    places: ['library'],
    ofSeveral: true,
    run: (_subject, { photos }) => photos.selection.all(),
  },
  {
    kind: 'photos',
    id: 'selection.none',
    title: 'Clear the selection',
    keys: ['Escape'],
    icon: X,
    places: ['library'],
    ofSeveral: true,
    whyNot: (_subject, { photos }) => (photos.selection.size > 0 ? null : 'Nothing is selected.'),
    run: (_subject, { photos }) => photos.selection.clear(),
  },
];

function whyNotRevealed({ photo }: Subject, { host }: AppState): string | null {
  if (host && !host.canReveal) return 'Only a window on the computer with the photos can show their folder.';
  return photo?.offline ? 'Its drive is not there at the moment.' : null;
}

async function copyPaths({ ids }: Subject, { client, notices }: AppState): Promise<void> {
  const photos = await client.call('photosById', { photoIds: ids() });
  const text = photos.map(({ path }) => path).join('\n');
  try {
    await navigator.clipboard.writeText(text);
    notices.show(
      plural(photos.length, ['The path is in the clipboard', 'The paths of # photos are in the clipboard']),
    );
  } catch {
    // The browser did not let us; the person can still take it from here.
    notices.show(text);
  }
}
