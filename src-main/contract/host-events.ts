/** What the host around the engine tells the page without being asked. */
import * as v from 'valibot';
import type { EngineEvent } from './events.ts';

/** Actions of the interface that the host's own menu offers, by their ids in the interface's table. */
export const menuActionIds = [
  'folder.add',
  'search.file',
  'palette',
  'view.library',
  'view.search',
  'view.duplicates',
  'view.map',
  'view.tune',
  'view.quality',
  'view.settings',
  'decision.undo',
  'decision.redo',
  'query.before',
  'query.after',
  'help',
  'shortcuts',
  'about',
] as const;

export type MenuActionId = (typeof menuActionIds)[number];

/** Keys, where Mod is Ctrl, and ⌘ on a Mac: what the menu shows beside an action, and the interface takes for it. */
export const menuActionKeys = {
  'folder.add': 'Mod+Shift+o',
  'search.file': 'Mod+o',
  palette: 'Mod+k',
  'view.library': 'Mod+1',
  'view.search': 'Mod+2',
  'view.duplicates': 'Mod+3',
  'view.map': 'Mod+4',
  'view.tune': 'Mod+5',
  'view.quality': 'Mod+6',
  'view.settings': 'Mod+,',
  'query.before': 'Mod+[',
  'query.after': 'Mod+]',
  help: 'F1',
} as const satisfies Partial<Record<MenuActionId, string>>;

const hostEventSchema = v.variant('event', [
  /** Something waits that the person gave the host to open; `takeOpened` hands it over. */
  v.strictObject({ event: v.literal('opened'), data: v.strictObject({}) }),
  /** The person chose an action in the host's menu. */
  v.strictObject({
    event: v.literal('menuAction'),
    data: v.strictObject({ id: v.picklist(menuActionIds) }),
  }),
]);

/** An event as it crosses to the page. */
export type HostEvent = v.InferOutput<typeof hostEventSchema>;

/** What a page hears, of the engine and of the host. */
export type PageEvent = EngineEvent | HostEvent;

export type PageEventListener = (event: PageEvent) => void;

/** Whether it is an event of the host, and well formed. */
export function isHostEvent(event: unknown): event is HostEvent {
  return v.is(hostEventSchema, event);
}
