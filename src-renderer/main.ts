import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { rememberedTheme, showTheme } from './theme.ts';

// Before anything is drawn.
showTheme(rememberedTheme());

const target = document.getElementById('app');
if (target) mount(App, { target });
