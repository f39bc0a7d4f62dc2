/** The application menu as each platform has it: the system's roles, and actions of the interface. */
import type { MenuItemConstructorOptions } from 'electron';
import { type MenuActionId, menuActionKeys } from '../contract/index.ts';
import type { MenuLabels } from './menu-labels.ts';

type Item = MenuItemConstructorOptions;
type Role = Extract<NonNullable<Item['role']>, keyof MenuLabels['system']>;

/**
 * The page takes these keys first (actions/keys.ts); the menu has what the page left, as while somebody types.
 */
function acceleratorOf(id: MenuActionId): string | undefined {
  const keys: Partial<Record<MenuActionId, string>> = menuActionKeys;
  return keys[id]?.replace('Mod', 'CmdOrCtrl');
}

const separator: Item = { type: 'separator' };

/** @param run does an action of the interface */
export function menuTemplate(
  platform: NodeJS.Platform,
  { actions, system }: MenuLabels,
  run: (id: MenuActionId) => void,
): Item[] {
  const isMac = platform === 'darwin';
  const role = (name: Role): Item => ({ role: name, label: system[name] });
  const action = (id: MenuActionId): Item => {
    const accelerator = acceleratorOf(id);
    return { id, label: actions[id], click: () => run(id), ...(accelerator && { accelerator }) };
  };
  const ofMac: Item = {
    role: 'appMenu',
    submenu: [
      { role: 'about', label: system.aboutPanel },
      separator,
      action('view.settings'),
      separator,
      role('services'),
      separator,
      role('hide'),
      role('hideOthers'),
      role('unhide'),
      separator,
      role('quit'),
    ],
  };
  const file: Item = {
    id: 'file',
    label: system.file,
    submenu: [
      action('folder.add'),
      action('search.file'),
      separator,
      ...(isMac ? [role('close')] : [action('view.settings'), separator, role('quit')]),
    ],
  };
  const edit: Item = {
    id: 'edit',
    label: system.edit,
    submenu: [
      role('undo'),
      role('redo'),
      separator,
      role('cut'),
      role('copy'),
      role('paste'),
      role('delete'),
      role('selectAll'),
      separator,
      action('decision.undo'),
      action('decision.redo'),
    ],
  };
  const view: Item = {
    id: 'view',
    label: system.view,
    submenu: [
      action('view.library'),
      action('view.search'),
      action('view.duplicates'),
      action('view.map'),
      action('view.tune'),
      action('view.quality'),
      separator,
      action('query.before'),
      action('query.after'),
      separator,
      action('palette'),
      separator,
      role('resetZoom'),
      role('zoomIn'),
      role('zoomOut'),
      separator,
      role('togglefullscreen'),
    ],
  };
  const window: Item = {
    role: 'window',
    label: system.window,
    submenu: isMac
      ? [role('minimize'), role('zoom'), separator, role('front')]
      : [role('minimize'), role('close')],
  };
  const help: Item = {
    role: 'help',
    label: system.help,
    submenu: [action('help'), action('shortcuts'), ...(isMac ? [] : [separator, action('about')])],
  };
  return [...(isMac ? [ofMac] : []), file, edit, view, window, help];
}

/** What may be done in the text field, or with the text, under the pointer. */
interface TextUnderPointer {
  isEditable: boolean;
  selectionText: string;
  editFlags: Readonly<Record<'canCut' | 'canCopy' | 'canPaste' | 'canSelectAll', boolean>>;
}

/** The menu of text; empty where there is none under the pointer. */
export function textMenuTemplate(
  { isEditable, selectionText, editFlags }: TextUnderPointer,
  { system }: MenuLabels,
): Item[] {
  const copy: Item = { role: 'copy', label: system.copy, enabled: editFlags.canCopy };
  if (!isEditable) return selectionText.trim() === '' ? [] : [copy];
  return [
    { role: 'cut', label: system.cut, enabled: editFlags.canCut },
    copy,
    { role: 'paste', label: system.paste, enabled: editFlags.canPaste },
    separator,
    { role: 'selectAll', label: system.selectAll, enabled: editFlags.canSelectAll },
  ];
}
