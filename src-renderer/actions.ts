/** Every action: one table for toolbar, menus, palette, keyboard and the list of shortcuts. */
import type { MenuActionId } from '../src-main/contract/index.ts';
import { type Action, offered, type OfferedAction, type PhotoPlace, type Subject } from './actions/action.ts';
import { globalActions } from './actions/global-actions.ts';
import { keyTitle, pressed } from './actions/keys.ts';
import { photoActions } from './actions/photo-actions.ts';
import type { AppState } from './state/app.svelte.ts';

export const actions: readonly Action[] = [...photoActions, ...globalActions];

/** Keys that views take themselves. */
export const photoKeys = [
  { title: 'Move between photos', key: 'Arrow keys' },
  { title: 'First and last photo', key: 'Home, End' },
  { title: 'Select on the way', key: 'Shift + arrow keys' },
  { title: 'Move without selecting', key: 'Ctrl + arrow keys' },
  { title: 'Select or deselect one', key: 'Ctrl Space' },
  { title: 'Search with a picture from the clipboard', key: 'Ctrl V, ⌘ V' },
];

/** Keys of the viewer. */
export const viewerKeys = [
  { title: 'Photo before and after', key: '← →' },
  { title: 'Larger and smaller', key: '+ −' },
  { title: 'All of it, or a pixel for a pixel', key: '0, 1' },
  { title: 'Facts', key: 'I' },
  { title: 'Back to where one was', key: keyTitle('Space') },
];

/** Keys that a group of duplicates takes. */
export const duplicateKeys = [
  { title: 'Another group', key: '↑ ↓' },
  { title: 'Another photo of the group', key: '← →' },
  { title: 'Side by side, or flicker', key: 'F' },
  { title: 'Look closely at both', key: 'C' },
  { title: 'Keep the left photo, or the right one', key: 'J, K' },
  { title: 'Move the other photo to the bin', key: keyTitle('Delete') },
  { title: 'Not duplicates', key: 'N' },
];

/** Keys that the map takes. */
export const mapKeys = [
  { title: 'Move the map', key: '← → ↑ ↓' },
  { title: 'Zoom the map', key: '+ −' },
  { title: 'Show all of the map', key: '0' },
  { title: 'Open the photo in the middle', key: keyTitle('Enter') },
  { title: 'Select the photo in the middle', key: keyTitle('Space') },
  { title: 'Draw around photos to select them', key: 'Shift, drag' },
];

/** What the photos in focus can be used for, in the order of the table. */
export function photoOffers(app: AppState, subject: Subject): OfferedAction[] {
  return photoActions
    .filter(({ places }) => places.includes(subject.place))
    .map((action) => offered(action, app, subject));
}

/** Everything that can be done at the moment, and what cannot, with the reason. */
export function allOffers(app: AppState): OfferedAction[] {
  const { subject } = app;
  return [
    ...(subject ? photoOffers(app, subject) : []),
    ...globalActions.map((action) => offered(action, app, subject)),
  ];
}

/**
 * Runs the action of a key, unless somebody is typing or answering a dialog, or a view has taken the key. Actions of photos
 * come first where photos have the focus.
 */
export function handleKey(event: KeyboardEvent, app: AppState): void {
  const { target } = event;
  if (event.defaultPrevented || !(target instanceof HTMLElement)) return;
  const inDialog = target.closest('dialog, [role=dialog], [role=menu]');
  const isTyping = target.closest('input, select, textarea') !== null;
  if (isTyping || (inDialog && !inDialog.matches('[data-photos]'))) return;
  // Enter and Space press the button that has the focus.
  if (target.closest('button, a') && (event.key === 'Enter' || event.key === ' ')) return;
  const place = target.closest<HTMLElement>('[data-photos]')?.dataset['photos'] as PhotoPlace | undefined;
  const offer = offerOf(event, app, place);
  if (!offer) return;
  event.preventDefault();
  if (offer.whyNot === null) offer.run();
  else if (offer.action.kind === 'photos') {
    // Where a file cannot be shown or opened, its path is what helps.
    const path = app.subject?.photo?.path;
    app.notices.show(offer.whyNot, path === undefined ? {} : { copy: path });
  }
}

function offerOf(
  event: KeyboardEvent,
  app: AppState,
  place: PhotoPlace | undefined,
): OfferedAction | undefined {
  const isPressed = ({ action }: OfferedAction): boolean => action.keys.some((key) => pressed(key, event));
  const isPressedWithMod = ({ action }: OfferedAction): boolean =>
    action.keys.some((key) => key.startsWith('Mod+') && pressed(key, event));
  const subject = place && app.subject?.place === place ? app.subject : null;
  const found = subject && photoOffers(app, subject).find(isPressed);
  const others = globalActions.map((action) => offered(action, app, null));
  // In the viewer, plain keys are the viewer's own.
  return found ?? others.find(place === 'viewer' ? isPressedWithMod : isPressed);
}

/** Runs an action that was chosen outside the page, as in the window's menu. A dialog is answered first. */
export function runAction(id: MenuActionId, app: AppState): void {
  const action = globalActions.find((each) => each.id === id);
  if (!action || document.querySelector('dialog[open]')) return;
  const { whyNot, run } = offered(action, app, null);
  if (whyNot === null) run();
  else app.notices.show(whyNot);
}
