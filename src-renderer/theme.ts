/** Light or dark: what a page in a browser remembers of it, and the colours as they are now. */
import type { Theme } from '../src-main/contract/index.ts';
import { keepText, keptText } from './kept-text.ts';

const key = 'semblance.theme';
const attribute = 'data-theme';

/** What was chosen on this page of a browser. */
export function rememberedTheme(): Theme {
  const theme = keptText(key);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** Shows the page so, without remembering it. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') document.documentElement.removeAttribute(attribute);
  else document.documentElement.setAttribute(attribute, theme);
}

export function rememberTheme(theme: Theme): void {
  showTheme(theme);
  keepText(key, theme);
}

const systemThemes = [
  // @wc-ignore
  '(prefers-color-scheme: dark)',
  // @wc-ignore
  '(prefers-contrast: more)',
  // @wc-ignore
  '(forced-colors: active)',
];

/**
 * Calls the listener when colours change: by day and night, contrast, the person's own colours, or by choice. Returns a function that
 * ends that.
 */
export function onThemeChange(listener: () => void): () => void {
  const queries = systemThemes.map((theme) => matchMedia(theme));
  const chosen = new MutationObserver(listener);
  for (const query of queries) query.addEventListener('change', listener);
  chosen.observe(document.documentElement, { attributeFilter: [attribute] });
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
    chosen.disconnect();
  };
}

/** A token's colour as it is now, written so that a canvas takes it. */
export function colourOfToken(token: string): string {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
