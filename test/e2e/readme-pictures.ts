/** The README's pictures, of the real window: SEMBLANCE_SCREENSHOTS=1 npm run test:e2e */
import type { RunningApp } from './hosts.ts';

export function takesReadmePictures({ electron }: RunningApp): boolean {
  return Boolean(process.env['SEMBLANCE_SCREENSHOTS']) && electron !== null;
}

export async function takeReadmePictures(app: RunningApp, name: string): Promise<void> {
  if (!takesReadmePictures(app)) return;
  const { page } = app;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `resources/screenshots/${name}-${colorScheme}.png` });
  }
}
