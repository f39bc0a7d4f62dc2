/** Texts that depend on a number. The build finds them by the name `plural`, and puts a language's forms in their place. */
import { formatLocale } from './language.ts';

const englishRule = (count: number): number => (count === 1 ? 0 : 1);

/**
 * The form for a number, in which '#' stands for it, e.g. `plural(2, ['# photo', '# photos'])` for '2 photos'.
 * @param forms written out where it is called, since the build reads them there
 * @param rule the place of a number's form; the build gives that of the language
 */
export function plural(count: number, forms: readonly string[], rule = englishRule): string {
  return (forms.at(rule(count)) ?? forms.at(-1) ?? '').replace('#', () =>
    count.toLocaleString(formatLocale()),
  );
}

/** Puts values in the place of their names, e.g. `filled('In {folder}', { folder })`: forms of `plural` cannot hold others. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
