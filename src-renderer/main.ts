import { mount } from 'svelte';
import { loadLocale } from 'wuchale/load-utils';
import './locales/components.loader.svelte.js';
import './locales/modules.loader.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/contrast.css';
import { localeFor } from '../src-main/contract/index.ts';
import { EngineWords, settleEngineWords } from './engine-words.ts';
import { chosenLanguage, settleLocale } from './language.ts';
import { rememberedTheme, showTheme } from './theme.ts';

// Before anything is drawn.
showTheme(rememberedTheme());

const locale = localeFor(await chosenLanguage(window.semblance), navigator.languages);
settleLocale(locale);
document.documentElement.lang = locale.language;
await loadLocale(locale.language);
if (locale.language === 'de') {
  const { default: catalogue } = await import('./locales/engine.de.json');
  settleEngineWords(new EngineWords(catalogue, locale.formats));
}

const target = document.getElementById('app');
if (target) mount((await import('./App.svelte')).default, { target });
