/** The desktop around the server, where there is one: its browser and its file manager. */
import { createRequire } from 'node:module';
import type openFunction from 'open';

// A bundler's default import of a module that has no CommonJS form is not the function itself.
const { default: open } = createRequire(import.meta.url)('open') as { default: typeof openFunction };

/** A launcher that still runs after this long has found a program. */
const launchMs = 2000;

export function hasDesktop(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

/**
 * Opens an address or a folder with the program that the desktop has for it.
 * @returns whether there was one
 */
export async function openOnDesktop(target: string): Promise<boolean> {
  if (!hasDesktop()) return false;
  try {
    const launcher = await open(target);
    return await new Promise((resolve) => {
      const launched = setTimeout(() => resolve(true), launchMs);
      const settle = (succeeded: boolean): void => {
        clearTimeout(launched);
        resolve(succeeded);
      };
      launcher.once('error', () => settle(false));
      launcher.once('exit', (code) => settle(code === 0));
    });
  } catch {
    return false;
  }
}
