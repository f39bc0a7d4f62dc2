/** What the page gets of Electron: one way to send commands, one to hear events, and the path of a dropped file. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { ElectronBridge, EngineEvent, Reply } from '../contract/index.ts';
import { commandChannel, eventChannel } from './channels.ts';
import { pathOfFile } from './file-path.ts';

const bridge: ElectronBridge = {
  send: (command, args) => ipcRenderer.invoke(commandChannel, command, args) as Promise<Reply>,
  subscribe(listener) {
    const hear = (_: unknown, event: EngineEvent): void => listener(event);
    ipcRenderer.on(eventChannel, hear);
    return () => ipcRenderer.off(eventChannel, hear);
  },
  pathForFile: (file) => pathOfFile(file, webUtils),
};

contextBridge.exposeInMainWorld('semblance', bridge);
