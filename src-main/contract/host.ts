/**
 * What the host around the engine answers itself: Electron's main process, or the server for a browser.
 * Host commands travel in the same envelopes as the engine's, and over the same connection.
 */
import * as v from 'valibot';
import { type BinOutcome, binHostArguments } from './bin.ts';
import type { CommandAnswers, CommandArguments, CommandName } from './commands.ts';
import type { Reply } from './messages.ts';
import { type DragOutcome, dragOutHostArguments } from './drag-out.ts';
import { SemblanceError } from './errors.ts';
import type { PageEventListener } from './host-events.ts';
import { isPhotoName } from './photo-names.ts';
import { type OpenedHostAnswers, openedHostArguments } from './opened.ts';
import { idSchema } from './schemas.ts';
import { type SupportHostAnswers, supportHostArguments } from './support.ts';
import { type LanguageChoice, languageChoiceSchema } from './language.ts';
import { type Theme, themeSchema } from './theme.ts';
import type { HostInfo, PhotoDetails } from './types.ts';

/** Schema of each host command's arguments. */
export const hostCommandArguments = {
  hostInfo: v.strictObject({}),
  /** Asks the person for a folder with the system's dialog. */
  chooseFolder: v.strictObject({}),
  /** Asks the person for an ONNX file with the system's dialog. */
  chooseModel: v.strictObject({}),
  /** Asks the person where the library is to be exported to; a file that is replaced has been asked about. */
  chooseExport: v.strictObject({}),
  /** Asks the person for an exported library. */
  chooseImport: v.strictObject({}),
  /** Shows the photo's file in the system's file manager. */
  revealPhoto: v.strictObject({ photoId: idSchema }),
  /** Opens the photo's file with the program that the system has for it. */
  openPhoto: v.strictObject({ photoId: idSchema }),
  /** Light, dark, or as the system is; remembered. */
  setTheme: v.strictObject({ theme: themeSchema }),
  /** For all windows; a page speaks it when it begins anew. */
  setLanguage: v.strictObject({ language: languageChoiceSchema }),
  ...binHostArguments,
  ...openedHostArguments,
  ...dragOutHostArguments,
  ...supportHostArguments,
} as const;

export interface HostCommandAnswers extends OpenedHostAnswers, SupportHostAnswers {
  hostInfo: HostInfo;
  /** null when the person changed their mind. */
  chooseFolder: { path: string | null };
  chooseModel: { path: string | null };
  chooseExport: { path: string | null };
  chooseImport: { path: string | null };
  revealPhoto: { path: string };
  openPhoto: { path: string };
  setTheme: { theme: Theme };
  setLanguage: { language: LanguageChoice };
  binPhotos: BinOutcome;
  dragPhotos: DragOutcome;
}

export type HostCommandName = keyof typeof hostCommandArguments;
export type HostCommandArguments = {
  [Name in HostCommandName]: v.InferOutput<(typeof hostCommandArguments)[Name]>;
};

export type AnyCommandName = CommandName | HostCommandName;
export type AnyCommandArguments = CommandArguments & HostCommandArguments;
export type AnyCommandAnswers = CommandAnswers & HostCommandAnswers;

export function isHostCommandName(name: unknown): name is HostCommandName {
  return typeof name === 'string' && Object.hasOwn(hostCommandArguments, name);
}

/** @throws SemblanceError `not-available` for a photo whose file cannot be shown now */
export function refuseOffline({ path, offline }: Pick<PhotoDetails, 'path' | 'offline'>): void {
  if (!offline) return;
  throw new SemblanceError(
    'not-available',
    `The drive or folder that holds ${path} is not there at the moment. Connect it to see the file.`,
    { photo: path },
  );
}

/**
 * Refuses to open what the system might run: any file that holds a picture can be a photo of the library, and may have
 * the name of a program.
 * @throws SemblanceError `not-available` for a file whose name is no picture's
 */
export function refuseOtherNames({ path }: Pick<PhotoDetails, 'path'>): void {
  if (isPhotoName(path)) return;
  throw new SemblanceError(
    'not-available',
    `${path} has no name of a picture, so it is not handed to another program. Reveal it in its folder instead.`,
    { photo: path },
  );
}

/** What Electron's preload script puts on the page's `window.semblance`; a browser has a WebSocket instead. */
export interface ElectronBridge {
  /** Sends an engine or host command; never rejects. */
  send(command: string, args: unknown): Promise<Reply>;
  /** Returns a function that ends the subscription. */
  subscribe(listener: PageEventListener): () => void;
  /** Absolute path of a file or folder that was dropped from the system; '' when it has none. */
  pathForFile(file: File): string;
}

/** Where the browser's WebSocket connects; its frames are MessagePack of `Request`, `Reply` and events. */
export const webSocketPath = '/engine';
