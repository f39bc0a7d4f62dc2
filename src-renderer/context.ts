/** Hands the application's state to the components. */
import { createContext } from 'svelte';
import type { AppState } from './state/app.svelte.ts';

export const [getApp, setApp] = createContext<AppState>();
