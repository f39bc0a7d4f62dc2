/** What no page of ours may do, whatever has got into it: Electron's security checklist, as far as it is code. */
import { app, type Session, shell, type WebContents } from 'electron';
import { isReadingAddress } from '../contract/index.ts';
import { isOwnPage, pageAddress } from './pages.ts';

/** Of what a page can ask for, only putting text on the clipboard, as for a photo's path. */
const allowedPermission = 'clipboard-sanitized-write';

/** Schemes that lead out of the app: to the network, and to any file of the person's. */
const foreignAddresses = ['http', 'https', 'ws', 'wss', 'ftp', 'file'].map((scheme) => `${scheme}://*/*`);

/**
 * The window needs no network at all. Chromium does things of its own there, such as fetching dictionaries for a spell checker;
 * with this it finds no host but the machine itself, which Chromium's own debugging needs. Has to be called before the app is
 * ready.
 */
export function keepOffTheNetwork(): void {
  app.commandLine.appendSwitch(
    'host-resolver-rules',
    'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  );
  app.commandLine.appendSwitch('disable-background-networking');
}

/** Guards all pages of a session: what they may ask for, and what they may load. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === allowedPermission),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === allowedPermission);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest({ urls: foreignAddresses }, (_request, answer) =>
    answer({ cancel: true }),
  );
  // What the page itself made, as the list of a search's results.
  session.on('will-download', (event, item) => {
    if (!isOwnPage(item.getURL().replace(/^blob:/, ''))) event.preventDefault();
  });
  // Else it would fetch a dictionary as the session begins, though no window checks spelling.
  session.setSpellCheckerEnabled(false);
}

/** Guards one page: it opens no windows, holds no other page, and goes nowhere but to its own beginning, as in another language. */
export function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    // A paper that the guide names is read in the person's own browser.
    if (isReadingAddress(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (event.url !== pageAddress) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
