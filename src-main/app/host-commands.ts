/** What Electron's main process answers itself, and what it passes on to the engine. */
import { BrowserWindow, dialog, type OpenDialogOptions, shell } from 'electron';
import * as v from 'valibot';
import {
  type AnyCommandAnswers,
  type AnyCommandName,
  type Binning,
  binThrough,
  type CallCommand,
  hostCommandArguments,
  isHostCommandName,
  parseCommand,
  refuseOffline,
  SemblanceError,
} from '../contract/index.ts';

/** @throws SemblanceError */
export async function answerCommand(
  call: CallCommand,
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
        allowedRoots: null,
      };
    case 'chooseFolder':
      return chosen({ properties: ['openDirectory'] });
    case 'chooseModel':
      return chosen({ properties: ['openFile'], filters: [{ name: 'ONNX', extensions: ['onnx'] }] });
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
      const { path } = photo;
      const reason = await shell.openPath(path);
      if (reason !== '') {
        throw new SemblanceError('not-available', `No program could open ${path}: ${reason}`, {
          photo: path,
        });
      }
      return { path };
    }
    case 'binPhotos':
      return binThrough(call, parsed.output as Binning, (path) => shell.trashItem(path));
  }
}

async function chosen(options: OpenDialogOptions): Promise<{ path: string | null }> {
  const window = BrowserWindow.getFocusedWindow();
  const { filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return { path: filePaths.at(0) ?? null };
}
