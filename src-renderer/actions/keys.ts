/** Keys by names such as 'Mod+Shift+z', where Mod is Ctrl, and ⌘ on a Mac. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a key was pressed. Shift counts only beside Mod: signs such as '?' need it on some keyboards. */
export function pressed(name: string, event: KeyPress): boolean {
  const parts = partsOf(name);
  const key = parts.at(-1) === 'Space' ? ' ' : (parts.at(-1) ?? '');
  const withMod = parts.includes('Mod');
  if (withMod !== (event.ctrlKey || event.metaKey) || event.altKey) return false;
  if (withMod && parts.includes('Shift') !== event.shiftKey) return false;
  return event.key === key || (key.length === 1 && event.key.toLowerCase() === key && !isSign(event.key));
}

/** The name of keys that are pressed together with Mod, e.g. 'Mod+k'. */
export function withMod(...keys: string[]): string {
  return ['Mod', ...keys].join('+');
}

/** The sign that joins keys is one itself. */
function partsOf(name: string): string[] {
  return name === '+' ? [name] : name.split('+');
}

/** Capital letters stand for small ones where Caps Lock is on. */
function isSign(key: string): boolean {
  return key.toLowerCase() === key.toUpperCase();
}

// @wc-include
const keyTitles: Partial<Record<string, string>> = {
  Ctrl: 'Ctrl',
  Shift: 'Shift',
  Space: 'Space',
  Enter: 'Enter',
  Escape: 'Escape',
  Delete: 'Delete',
};

/** What a key is called, e.g. 'Space'; a sign stands for itself. */
export function keyTitle(key: string): string {
  return keyTitles[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** A key as it is written on keyboards, e.g. 'Ctrl K' or '⌘ K'. */
export function keyWords(name: string, isMac: boolean): string {
  return partsOf(name)
    .map((part) => {
      if (part === 'Mod') return isMac ? '⌘' : keyTitle('Ctrl');
      if (part === 'Shift' && isMac) return '⇧';
      return keyTitle(part);
    })
    .join(' ');
}
