/** What Electron's main process answers itself, and what it passes on to the engine. */
import {
  BrowserWindow,
  dialog,
  type OpenDialogOptions,
  type SaveDialogOptions,
  shell,
  type WebContents,
} from 'electron';
import * as v from 'valibot';
import {
  type AnyCommandAnswers,
  type AnyCommandName,
  type Binning,
  binThrough,
  type CallCommand,
  hostCommandArguments,
  isHostCommandName,
  type LanguageChoice,
  parseCommand,
  refuseOffline,
  refuseOtherNames,
  SemblanceError,
  type Theme,
} from '../contract/index.ts';
import type { OpenedFiles } from '../engine/opened-files.ts';
import type { Appearance } from './appearance.ts';
import { dragOut } from './drag-out.ts';

export interface Host {
  call: CallCommand;
  opened: OpenedFiles;
  appearance: Appearance;
  /** null for the person's usual library. */
  libraryName: string | null;
}

/**
 * @param sender the page that asks
 * @throws SemblanceError
 */
export async function answerCommand(
  { call, opened, appearance, libraryName }: Host,
  sender: WebContents,
  command: string,
  args: unknown,
): Promise<AnyCommandAnswers[AnyCommandName]> {
  if (!isHostCommandName(command)) return call(command as never, parseCommand(command, args) as never);
  const parsed = v.safeParse(hostCommandArguments[command], args);
  if (!parsed.success)
    throw new SemblanceError('invalid-arguments', `${command}: ${parsed.issues[0].message}`);
  switch (command) {
    case 'hostInfo':
      return {
        kind: 'electron',
        platform: process.platform,
        canChooseFolder: true,
        canReveal: true,
        canDragOut: true,
        allowedRoots: null,
        libraryName,
        versions: shellVersions(),
        theme: appearance.theme,
        language: appearance.language,
      };
    case 'chooseFolder':
      return { path: (await chosen(sender, { properties: ['openDirectory'] })).at(0) ?? null };
    case 'chooseModel': {
      const filters = [{ name: 'ONNX', extensions: ['onnx'] }];
      return { path: (await chosen(sender, { properties: ['openFile'], filters })).at(0) ?? null };
    }
    case 'chooseExport':
      return { path: await chosenTarget(sender) };
    case 'chooseImport': {
      const filters = [{ name: 'ZIP', extensions: ['zip'] }];
      return { path: (await chosen(sender, { properties: ['openFile'], filters })).at(0) ?? null };
    }
    case 'choosePhotos': {
      const paths = await chosen(sender, { properties: ['openFile', 'multiSelections'] });
      opened.add(paths);
      return { chosen: paths.length };
    }
    case 'takeOpened':
      return { opened: await opened.take() };
    case 'setTheme':
      appearance.theme = (parsed.output as { theme: Theme }).theme;
      return { theme: appearance.theme };
    case 'setLanguage':
      appearance.language = (parsed.output as { language: LanguageChoice }).language;
      return { language: appearance.language };
    case 'dragPhotos':
      return dragOut(call, sender, (parsed.output as { photoIds: number[] }).photoIds);
    case 'revealPhoto': {
      const photo = await call('fileOf', parsed.output as { photoId: number });
      refuseOffline(photo);
      const { path } = photo;
      shell.showItemInFolder(path);
      return { path };
    }
    case 'openPhoto': {
      const photo = await call('fileOf', parsed.output as { photoId: number });
      refuseOffline(photo);
      refuseOtherNames(photo);
      const { path } = photo;
      const reason = await shell.openPath(path);
      if (reason !== '') {
        throw new SemblanceError('not-available', `No program could open ${path}: ${reason}`, {
          photo: path,
        });
      }
      return { path };
    }
    case 'openReleasePage': {
      const { last } = await call('updates', {});
      // The engine has seen to it that it is https, and of the release feed's own host.
      const page = last?.page ?? null;
      if (page === null) {
        throw new SemblanceError(
          'not-available',
          'No page of a newer version is known. Check for updates first.',
        );
      }
      await shell.openExternal(page);
      return { page };
    }
    case 'binPhotos':
      return binThrough(call, parsed.output as Binning, (path) => shell.trashItem(path));
  }
}

function shellVersions(): Record<string, string> {
  const { electron, chrome, node } = process.versions;
  return { electron, chromium: chrome, nodeOfElectron: node };
}

/** Paths that the person chose; none where they changed their mind. */
async function chosen(sender: WebContents, options: OpenDialogOptions): Promise<string[]> {
  const window = BrowserWindow.fromWebContents(sender);
  const { filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return filePaths;
}

/** The dialog asks before a file is replaced. */
async function chosenTarget(sender: WebContents): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(sender);
  const options: SaveDialogOptions = {
    defaultPath: 'semblance-library.zip',
    filters: [{ name: 'ZIP', extensions: ['zip'] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  };
  const { canceled, filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options));
  return canceled || filePath === '' ? null : filePath;
}
