/** What is drawn pixel by pixel has to be drawn anew when colours change. */
const themes = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];

/**
 * Runs something whenever the theme changes, by day and night, contrast, or the person's own colours.
 * @returns ends it
 */
export function onThemeChange(run: () => void): () => void {
  const queries = themes.map((theme) => matchMedia(theme));
  for (const query of queries) query.addEventListener('change', run);
  return () => {
    for (const query of queries) query.removeEventListener('change', run);
  };
}
