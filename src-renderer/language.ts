/**
 * The language of the page. It is settled before any other module is loaded, so that texts and formats may be made once,
 * at the top of a module.
 */
import * as v from 'valibot';
import {
  type ElectronBridge,
  type Language,
  type LanguageChoice,
  languageChoiceSchema,
  type Locale,
} from '../src-main/contract/index.ts';
import { keepText, keptText } from './kept-text.ts';

let current: Locale = { language: 'en', formats: 'en' };

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

/** What was chosen: a desktop remembers it for all of its windows, a browser for this page. */
export async function chosenLanguage(bridge: ElectronBridge | undefined): Promise<LanguageChoice> {
  const chosen = v.safeParse(languageChoiceSchema, bridge ? await toldBy(bridge) : keptText(key));
  return chosen.success ? chosen.output : 'system';
}

async function toldBy(bridge: ElectronBridge): Promise<unknown> {
  const reply = await bridge.send('hostInfo', {});
  const value: unknown = reply.ok ? reply.value : null;
  return typeof value === 'object' && value !== null && 'language' in value ? value.language : null;
}

export function rememberLanguage(choice: LanguageChoice): void {
  keepText(key, choice);
}
