/** Where the window was, so that it is there again. */
import type { BrowserWindow } from 'electron';
import * as v from 'valibot';
import { readWhole, writeWhole } from './whole-file.ts';

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const leastSize = { width: 720, height: 480 };
const usualSize = { width: 1280, height: 820 };

/** So much of the upper edge must be on a screen to take hold of the window by. */
const leastHold = { width: 120, height: 30 };

const whole = v.pipe(v.number(), v.safeInteger());
const placeSchema = v.object({
  x: whole,
  y: whole,
  width: v.pipe(whole, v.minValue(1)),
  height: v.pipe(whole, v.minValue(1)),
  maximised: v.boolean(),
  fullScreen: v.boolean(),
});

/** The bounds are those that it has when neither maximised nor in full screen. */
export type WindowPlace = v.InferOutput<typeof placeSchema>;

/**
 * Where to open the window: where it was, as far as a screen is there now.
 * @param screens usable areas, the main one first; never empty
 */
export function boundsOnScreens(remembered: Bounds | null, screens: readonly Bounds[]): Bounds {
  const home = (remembered && screens.find((screen) => canBeHeld(remembered, screen))) ?? screens[0];
  const { width, height } = within(remembered ?? usualSize, home);
  if (!remembered || !canBeHeld(remembered, home)) {
    const x = home.x + Math.round((home.width - width) / 2);
    return { x, y: home.y + Math.round((home.height - height) / 2), width, height };
  }
  // One that was made smaller to fit begins where it fits.
  const x = width < remembered.width ? home.x : remembered.x;
  const y = height < remembered.height ? home.y : Math.max(home.y, remembered.y);
  return { x, y, width, height };
}

function within(size: Pick<Bounds, 'width' | 'height'>, screen: Bounds): Pick<Bounds, 'width' | 'height'> {
  const fit = (wanted: number, least: number, room: number): number =>
    Math.max(least, Math.min(wanted, room));
  return {
    width: fit(size.width, leastSize.width, screen.width),
    height: fit(size.height, leastSize.height, screen.height),
  };
}

function canBeHeld({ x, y, width }: Bounds, screen: Bounds): boolean {
  const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  const isBesideEdge = y >= screen.y - leastHold.height && y + leastHold.height <= screen.y + screen.height;
  return across >= Math.min(leastHold.width, width) && isBesideEdge;
}

/** @returns null where nothing, or nothing sensible, is remembered */
export function readPlace(file: string): WindowPlace | null {
  return readWhole(file, placeSchema);
}

/** The part of Electron's window that is needed. */
type PlacedWindow = Pick<
  BrowserWindow,
  'getNormalBounds' | 'isMaximized' | 'isFullScreen' | 'isDestroyed' | 'on'
>;

/** Moving a window tells of every step. */
const settleMs = 400;

/** Remembers from now on where the window is. */
export function rememberPlace(window: PlacedWindow, file: string): void {
  let settled: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(settled);
    if (window.isDestroyed()) return;
    writeWhole(file, {
      ...window.getNormalBounds(),
      maximised: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    } satisfies WindowPlace);
  };
  const later = (): void => {
    clearTimeout(settled);
    settled = setTimeout(write, settleMs);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('enter-full-screen', later);
  window.on('leave-full-screen', later);
  window.on('close', write);
}
