/** Languages that windows speak. */
import * as v from 'valibot';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

/** `system` is the first of the system's languages that there is a catalogue of. */
export const languageChoiceSchema = v.picklist(['system', 'en', 'de']);
export type LanguageChoice = v.InferOutput<typeof languageChoiceSchema>;

export interface Locale {
  /** Of the texts. */
  language: Language;
  /** BCP 47, of numbers and dates: the system's variety of the language, where it has one. */
  formats: string;
}

/** @param system what the system prefers, best first, as BCP 47 tags */
export function localeFor(choice: LanguageChoice, system: readonly string[]): Locale {
  const varieties = system.flatMap((formats) => {
    const language = formats.split('-')[0]?.toLowerCase() ?? '';
    return isLanguage(language) ? [{ language, formats }] : [];
  });
  if (choice === 'system') return varieties[0] ?? { language: 'en', formats: 'en' };
  return varieties.find(({ language }) => language === choice) ?? { language: choice, formats: choice };
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(languages, tag);
}
