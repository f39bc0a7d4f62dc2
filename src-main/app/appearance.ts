/** Light or dark, and the language, as the person chose them, for all libraries alike. */
import { join } from 'node:path';
import { app, nativeTheme } from 'electron';
import * as v from 'valibot';
import {
  type LanguageChoice,
  languageChoiceSchema,
  localeFor,
  type Theme,
  themeSchema,
} from '../contract/index.ts';
import { groundColours } from './ground-colours.ts';
import { type MenuLabels, menuLabels } from './menu-labels.ts';
import { readWhole, writeWhole } from './whole-file.ts';

const appearanceSchema = v.object({
  theme: themeSchema,
  language: v.optional(languageChoiceSchema, 'system'),
});

export class Appearance {
  readonly #file: string;
  readonly #languageListeners = new Set<() => void>();
  #language: LanguageChoice;

  /** @param folder of the app's user data */
  constructor(folder: string) {
    this.#file = join(folder, 'appearance.json');
    const kept = readWhole(this.#file, appearanceSchema);
    nativeTheme.themeSource = kept?.theme ?? 'system';
    this.#language = kept?.language ?? 'system';
  }

  get theme(): Theme {
    return nativeTheme.themeSource;
  }

  set theme(theme: Theme) {
    nativeTheme.themeSource = theme;
    this.#keep();
  }

  get language(): LanguageChoice {
    return this.#language;
  }

  set language(language: LanguageChoice) {
    this.#language = language;
    this.#keep();
    for (const listener of this.#languageListeners) listener();
  }

  /** Calls the listener when it has become light or dark, by the person or the system. */
  subscribe(listener: () => void): void {
    nativeTheme.on('updated', listener);
  }

  /** Calls the listener when another language was chosen. */
  subscribeToLanguage(listener: () => void): void {
    this.#languageListeners.add(listener);
  }

  get ground(): string {
    return groundColours[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'];
  }

  /** The words of menus. */
  get labels(): MenuLabels {
    return menuLabels[localeFor(this.#language, app.getPreferredSystemLanguages()).language];
  }

  #keep(): void {
    writeWhole(this.#file, { theme: this.theme, language: this.#language });
  }
}
