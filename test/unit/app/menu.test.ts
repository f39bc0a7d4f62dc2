import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuLabels } from '../../../src-main/app/menu-labels.ts';
import { menuTemplate, textMenuTemplate } from '../../../src-main/app/menu-template.ts';
import { type MenuActionId, menuActionIds, menuActionKeys } from '../../../src-main/contract/index.ts';

type Item = MenuItemConstructorOptions;

function itemsOf(template: readonly Item[]): Item[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])]);
}

function menuOf(platform: NodeJS.Platform): { top: Item[]; all: Item[]; ran: MenuActionId[] } {
  const ran: MenuActionId[] = [];
  const top = menuTemplate(platform, menuLabels.en, (id) => ran.push(id));
  return { top, all: itemsOf(top), ran };
}

describe('the application menu', () => {
  it('shows the keys that the interface takes', () => {
    const { all } = menuOf('linux');
    for (const [id, key] of Object.entries(menuActionKeys)) {
      expect(all.find((item) => item.id === id)?.accelerator).toBe(key.replace('Mod', 'CmdOrCtrl'));
    }
  });

  it.each(['darwin', 'win32', 'linux'] as const)(
    'has every role and action on %s, each with words',
    (platform) => {
      const { all, ran } = menuOf(platform);
      for (const item of all) {
        expect(item.type === 'separator' || item.role === 'appMenu' || (item.label ?? '') !== '').toBe(true);
      }
      const roles = new Set(all.map(({ role }) => role));
      for (const role of [
        'undo',
        'redo',
        'cut',
        'copy',
        'paste',
        'selectAll',
        'togglefullscreen',
        'zoomIn',
        'quit',
      ])
        expect(roles).toContain(role);
      for (const item of all) if (item.id && item.click) (item.click as () => void)();
      const offered = menuActionIds.filter((id) => platform !== 'darwin' || id !== 'about');
      expect(new Set(ran)).toEqual(new Set(offered));
    },
  );

  it('keeps to a Mac’s ways on a Mac: settings, about and quitting under the app’s name', () => {
    const mac = menuOf('darwin').top;
    expect(mac[0].role).toBe('appMenu');
    const first = itemsOf([mac[0]]);
    expect(first.some(({ role }) => role === 'about')).toBe(true);
    expect(first.find(({ id }) => id === 'view.settings')?.accelerator).toBe('CmdOrCtrl+,');
    expect(itemsOf([mac[1]]).some(({ role }) => role === 'quit')).toBe(false);
    expect(menuOf('linux').top[0].id).toBe('file');
  });
});

describe('the menu of text', () => {
  const editFlags = { canCut: true, canCopy: true, canPaste: false, canSelectAll: true };

  it('cuts, copies and pastes in a field, as far as that can be done', () => {
    const items = textMenuTemplate({ isEditable: true, selectionText: '', editFlags }, menuLabels.en);
    expect(items.map(({ role, enabled }) => role && `${role}: ${String(enabled)}`)).toEqual([
      'cut: true',
      'copy: true',
      'paste: false',
      undefined,
      'selectAll: true',
    ]);
  });

  it('copies what is selected elsewhere, and is not there where there is no text', () => {
    const on = (selectionText: string) =>
      textMenuTemplate({ isEditable: false, selectionText, editFlags }, menuLabels.en).map(
        ({ role }) => role,
      );
    expect(on('a path')).toEqual(['copy']);
    expect(on(' ')).toEqual([]);
  });
});
