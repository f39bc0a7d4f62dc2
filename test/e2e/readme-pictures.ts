/** The README's pictures, of the real window: SEMBLANCE_SCREENSHOTS=1 npm run test:e2e */
import type { RunningApp } from './hosts.ts';

export async function takeReadmePictures({ page, electron }: RunningApp, name: string): Promise<void> {
  if (!process.env['SEMBLANCE_SCREENSHOTS'] || !electron) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `resources/screenshots/${name}-${colorScheme}.png` });
  }
}
