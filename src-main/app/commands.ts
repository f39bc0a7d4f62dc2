/** Commands of the page, taken from the app's own window only. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { type Reply, SemblanceError, toErrorReport } from '../contract/index.ts';
import { commandChannel } from './channels.ts';
import { answerCommand, type Host } from './host-commands.ts';
import { isOwnPage } from './pages.ts';

export function answerCommands(host: Host): void {
  ipcMain.handle(commandChannel, async (event, command: unknown, args: unknown): Promise<Reply> => {
    try {
      if (!isTrusted(event) || typeof command !== 'string') {
        throw new SemblanceError('not-available', 'Commands are taken from the app’s own window only.');
      }
      const value = await answerCommand(host, event.sender, command, args);
      // Host commands travel in the same envelope; the page knows which answer it asked for.
      return { id: 0, ok: true, value: value as never };
    } catch (error) {
      return { id: 0, ok: false, error: toErrorReport(error) };
    }
  });
}

/** Only the top frame of our own page may send commands. */
function isTrusted({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}
