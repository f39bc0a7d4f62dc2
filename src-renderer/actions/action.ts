/** What an action is: one description for toolbar, menu, palette, keyboard and the list of shortcuts. */
import type { Component } from 'svelte';
import type { ChosenPhotos, PhotoDetails } from '../../src-main/contract/index.ts';
import type { AppState } from '../state/app.svelte.ts';

/** Where photos are when something is done with them. */
export type PhotoPlace = 'library' | 'results' | 'viewer';

/** The photos that an action is about. */
export interface Subject {
  place: PhotoPlace;
  /** The one in focus; undefined while it is not known yet. */
  photo: PhotoDetails | undefined;
  photos: ChosenPhotos;
  /** Their ids, asked for only where they are needed one by one. */
  ids: () => number[];
  count: number;
}

/** One photo, undefined where there is none or it is not known yet. */
export function subjectOf(place: PhotoPlace, photo: PhotoDetails | undefined): Subject {
  const ids = photo ? [photo.id] : [];
  return { place, photo, photos: { photoIds: ids }, ids: () => ids, count: ids.length };
}

interface ActionBase {
  /** Never changes, e.g. 'photo.rate.3'. */
  id: string;
  title: string;
  /** As `pressed` reads them, e.g. 'Mod+k'. */
  keys: readonly string[];
  icon?: Component<{ size?: number }>;
  /** Actions of a group are offered in a menu of their own. */
  group?: string;
}

/** About no photo, and possible anywhere. */
export interface GlobalAction extends ActionBase {
  kind: 'global';
  /** Why it cannot be done now, or null. */
  whyNot?: (app: AppState) => string | null;
  run: (app: AppState) => void | Promise<void>;
}

/** About photos. */
export interface PhotoAction extends ActionBase {
  kind: 'photos';
  places: readonly PhotoPlace[];
  /** Whether it is offered while several are selected. */
  ofSeveral: boolean;
  whyNot?: (subject: Subject, app: AppState) => string | null;
  run: (subject: Subject, app: AppState) => void | Promise<void>;
}

export type Action = GlobalAction | PhotoAction;

/** An action as it stands at the moment. */
export interface OfferedAction {
  action: Action;
  /** null where it can be done. */
  whyNot: string | null;
  run: () => void;
}

export function offered(action: Action, app: AppState, subject: Subject | null): OfferedAction {
  if (action.kind === 'global') {
    const whyNot = action.whyNot?.(app) ?? null;
    return { action, whyNot, run: () => void app.attempt(async () => action.run(app)) };
  }
  const whyNot = whyNotPhotos(action, app, subject);
  return {
    action,
    whyNot,
    run: () => {
      if (subject) void app.attempt(async () => action.run(subject, app));
    },
  };
}

function whyNotPhotos(action: PhotoAction, app: AppState, subject: Subject | null): string | null {
  if (!subject || subject.count === 0) return 'Choose a photo first.';
  if (subject.count > 1 && !action.ofSeveral) return 'Choose one photo only.';
  if (!subject.photo) return 'The photo is not there yet.';
  return action.whyNot?.(subject, app) ?? null;
}
