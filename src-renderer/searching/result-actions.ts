/** What can be done with a result: one table for its buttons, its keys and the list of shortcuts. */
import WhyIcon from '@lucide/svelte/icons/circle-question-mark';
import CopyIcon from '@lucide/svelte/icons/copy';
import OpenIcon from '@lucide/svelte/icons/external-link';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Info from '@lucide/svelte/icons/info';
import MinusIcon from '@lucide/svelte/icons/minus';
import PlusIcon from '@lucide/svelte/icons/plus';
import TuneIcon from '@lucide/svelte/icons/sliders-horizontal';
import type { PhotoDetails } from '../../src-main/contract/index.ts';
import type { AppState } from '../state/app.svelte.ts';

export interface ResultAction {
  title: string;
  /** As `KeyboardEvent.key`, pressed without a modifier. */
  key: string;
  icon: typeof Info;
  run: (app: AppState, photo: PhotoDetails) => void;
}

/** Relevance feedback; on the picture itself. */
export const judgements: readonly ResultAction[] = [
  {
    title: 'More like this',
    key: '+',
    icon: PlusIcon,
    run: (app, photo) => app.judge(photo, 1),
  },
  {
    title: 'Less like this',
    key: '-',
    icon: MinusIcon,
    run: (app, photo) => app.judge(photo, -1),
  },
];

/** Below the picture. */
export const resultActions: readonly ResultAction[] = [
  { title: 'Why', key: 'w', icon: WhyIcon, run: ({ search }, photo) => (search.explained = photo) },
  {
    title: 'Details',
    key: 'i',
    icon: Info,
    run: ({ search }, { id }) => (search.detailed = search.detailed === id ? null : id),
  },
  { title: 'Use in Tune', key: 'u', icon: TuneIcon, run: (app, photo) => app.tuneWith(photo) },
  {
    title: 'Reveal in folder',
    key: 'r',
    icon: FolderOpen,
    run: (app, photo) => void app.reveal(photo),
  },
  { title: 'Open', key: 'o', icon: OpenIcon, run: (app, photo) => void app.openOutside(photo) },
  { title: 'Copy path', key: 'c', icon: CopyIcon, run: (app, photo) => void app.copyPath(photo) },
];

/** The action of a key, unless a modifier gives it another meaning; Shift is how some keyboards type +. */
export function actionOf({
  key,
  ctrlKey,
  metaKey,
  altKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): ResultAction | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  return [...judgements, ...resultActions].find((action) => action.key === key);
}
