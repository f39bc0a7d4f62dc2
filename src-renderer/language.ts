/**
 * The language of the page: the one that the person chose, else the first of the system's that there is a catalogue of.
 * It is settled before any other module is loaded, so that texts and formats may be made once, at the top of a module.
 */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

export function isLanguage(tag: unknown): tag is Language {
  return typeof tag === 'string' && Object.hasOwn(languages, tag);
}

interface Locale {
  /** Of the texts. */
  language: Language;
  /** BCP 47, of numbers and dates: the system's variety of the language, where it has one. */
  formats: string;
}

let current: Locale = { language: 'en', formats: 'en' };

/**
 * @param chosen null for the system's
 * @param system what the system prefers, best first, as BCP 47 tags
 */
export function localeFor(chosen: Language | null, system: readonly string[]): Locale {
  const varieties = system.flatMap((formats) => {
    const language = formats.split('-')[0]?.toLowerCase();
    return isLanguage(language) ? [{ language, formats }] : [];
  });
  if (chosen === null) return varieties[0] ?? { language: 'en', formats: 'en' };
  return varieties.find(({ language }) => language === chosen) ?? { language: chosen, formats: chosen };
}

export function settleLocale(locale: Locale): void {
  current = locale;
}

/** Of the texts on the page. */
export function language(): Language {
  return current.language;
}

/** What numbers and dates are written by. */
export function formatLocale(): string {
  return current.formats;
}

const key = 'semblance.language';

/** null while the person leaves it to the system. */
export function chosenLanguage(): Language | null {
  const kept = localStorage.getItem(key);
  return isLanguage(kept) ? kept : null;
}

/** The page begins anew in it. */
export function chooseLanguage(chosen: Language | null): void {
  if (chosen === null) localStorage.removeItem(key);
  else localStorage.setItem(key, chosen);
  location.reload();
}
