/** The theme's colours as numbers, for what is drawn pixel by pixel. */
import { colourOfToken } from '../theme.ts';
import type { Colour } from './density.ts';
import type { MapColours } from './messages.ts';

/** Colours as they are now: they change with the theme. */
export function themeColours(): MapColours {
  return {
    ground: colourOf('--ground'),
    accent: colourOf('--accent'),
    quiet: colourOf('--quiet'),
    text: colourOf('--text'),
  };
}

/** A pixel of the colour tells its numbers, however it is written. */
function colourOf(token: string): Colour {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!context) return [128, 128, 128];
  context.fillStyle = colourOfToken(token);
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
