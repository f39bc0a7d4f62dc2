/** The actions that a person used last from the palette, kept by the browser. */
import { mostRecent, withRecent } from '../actions/palette.ts';

const key = 'semblance.recent-actions';

export function recentActions(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, mostRecent) : [];
  } catch {
    // Somebody else wrote there, or nothing may be kept.
    return [];
  }
}

export function rememberAction(id: string): void {
  try {
    localStorage.setItem(key, JSON.stringify(withRecent(recentActions(), id)));
  } catch {
    // Nothing may be kept; the palette works without.
  }
}
