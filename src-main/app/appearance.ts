/** Light or dark, as the person chose it, for all libraries alike. */
import { join } from 'node:path';
import { nativeTheme } from 'electron';
import * as v from 'valibot';
import { type Theme, themeSchema } from '../contract/index.ts';
import { groundColours } from './ground-colours.ts';
import { readWhole, writeWhole } from './whole-file.ts';

const appearanceSchema = v.object({ theme: themeSchema });

export class Appearance {
  readonly #file: string;

  /** @param folder of the app's user data */
  constructor(folder: string) {
    this.#file = join(folder, 'appearance.json');
    nativeTheme.themeSource = readWhole(this.#file, appearanceSchema)?.theme ?? 'system';
  }

  get theme(): Theme {
    return nativeTheme.themeSource;
  }

  set theme(theme: Theme) {
    nativeTheme.themeSource = theme;
    writeWhole(this.#file, { theme });
  }

  /** Calls the listener when it has become light or dark, by the person or the system. */
  subscribe(listener: () => void): void {
    nativeTheme.on('updated', listener);
  }

  get ground(): string {
    return groundColours[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'];
  }
}
