/** The views, each loaded when it is first wanted or when nothing else is to be done, so that the window is soon there. */
import type { Component } from 'svelte';
import type { View } from './state/app.svelte.ts';

const loaders: Record<View, () => Promise<{ default: Component }>> = {
  library: () => import('./views/LibraryView.svelte'),
  search: () => import('./views/SearchView.svelte'),
  duplicates: () => import('./views/DuplicatesView.svelte'),
  map: () => import('./views/MapView.svelte'),
  tune: () => import('./views/TuneView.svelte'),
  quality: () => import('./views/QualityView.svelte'),
  settings: () => import('./views/SettingsView.svelte'),
};

const loaded = new Map<View, Component>();

/** A view that was loaded before. */
export function knownView(name: View): Component | undefined {
  return loaded.get(name);
}

/** Rejects where its part of the program cannot be had. */
export async function loadView(name: View): Promise<Component> {
  const view = loaded.get(name) ?? (await loaders[name]()).default;
  loaded.set(name, view);
  return view;
}

/** Loads all, one after the other and whenever there is time. Rejects as `loadView` does. */
export async function loadViews(): Promise<void> {
  for (const name of Object.keys(loaders) as View[]) {
    await new Promise((done) => requestIdleCallback(done));
    await loadView(name);
  }
}
