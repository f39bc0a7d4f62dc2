/** The actions that a person used last from the palette, kept by the browser. */
import { mostRecent, withRecent } from '../actions/palette.ts';
import { keepText, keptText } from '../kept-text.ts';

const key = 'semblance.recent-actions';

export function recentActions(): string[] {
  try {
    const kept: unknown = JSON.parse(keptText(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, mostRecent) : [];
  } catch {
    // Somebody else wrote there.
    return [];
  }
}

export function rememberAction(id: string): void {
  keepText(key, JSON.stringify(withRecent(recentActions(), id)));
}
