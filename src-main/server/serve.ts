/** Serves the interface and the contract to a browser on this machine. */
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { basename, resolve } from 'node:path';
import { SemblanceError, sibling } from '../contract/index.ts';
import { openProcessLog } from '../engine/log.ts';
import { OpenedFiles } from '../engine/opened-files.ts';
import { EngineSupervisor } from '../engine/supervisor.ts';
import { refuseUnsafeFiles } from '../library/unsafe-files.ts';
import { dataFolder } from '../vision/data-folder.ts';
import { requestAddress, writeControlFile } from './control-file.ts';
import { openOnDesktop } from './desktop.ts';
import { acceptSockets } from './engine-socket.ts';
import { createLimitedServer, type Limits, usualLimits } from './limits.ts';
import { isLoopback, OwnNames } from './own-names.ts';
import { requestHandler } from './request-handler.ts';
import { Sessions } from './sessions.ts';
import { Uploads } from './uploads.ts';

export interface ServeOptions {
  libraryPath: string;
  /** 0 takes a free one. */
  port: number;
  /** Folders under which a browser may name folders and files. */
  roots: string[];
  /** Address to listen at; only this machine reaches the usual one. */
  host?: string;
  /** Further names under which browsers reach this machine. */
  names?: readonly string[];
  /** A token that the person chose, for browsers to sign in with as often as they like; any other host needs one. */
  token?: string | null;
  limits?: Limits;
  openBrowser: boolean;
  /** Photos and folders for the page to open, absolute paths. */
  open?: readonly string[];
}

export interface RunningServer {
  /** A fresh address that works once. */
  address(): string;
  /** Whether a browser was found to open. */
  browserOpened: boolean;
  engineProcessId(): number | undefined;
  closed: Promise<void>;
  close(): Promise<void>;
}

/** From source and from the bundle alike, the built interface lies in out/renderer. */
const rendererFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../out/renderer' : '../renderer', import.meta.url),
);

/**
 * @throws SemblanceError `not-available` when the port is taken or the interface is not built, `library-in-use`
 * when a server runs for the library already, `no-such-folder` for a root that is none
 */
export async function serve({
  libraryPath,
  port,
  roots,
  openBrowser,
  open = [],
  host: listenedAt = '127.0.0.1',
  names: furtherNames = [],
  token: usersToken = null,
  limits = usualLimits,
}: ServeOptions): Promise<RunningServer> {
  if (!existsSync(rendererFolder)) {
    throw new SemblanceError('not-available', 'The interface has not been built yet. Run: npm run build');
  }
  refuseWeak(listenedAt, usersToken);
  const library = resolve(libraryPath);
  mkdirSync(library, { recursive: true });
  refuseUnsafeFiles(library);
  const running = await requestAddress(library).catch(() => null);
  if (running !== null) {
    throw new SemblanceError('library-in-use', `This library is being served already: open ${running}`);
  }
  const log = openProcessLog(library, 'server');
  const supervisor = new EngineSupervisor({
    entry: fileURLToPath(sibling(import.meta.url, '../engine/engine-process')),
    node: process.execPath,
    libraryPath: library,
    program: 'server',
    log,
  });
  const opened = new OpenedFiles();
  opened.add(open);
  const host = {
    call: supervisor.call,
    roots: roots.map(realRoot),
    opened,
    libraryName: library === dataFolder('library') ? null : basename(library),
  };
  const server = createLimitedServer(limits);
  const takenPort = await listen(server, port, listenedAt);
  const sessions = new Sessions(takenPort, usersToken);
  const names = new OwnNames(listenedAt, takenPort, furtherNames);
  const control = writeControlFile(library, names.origin);
  const address = (): string => `${names.origin}/?token=${sessions.newToken()}`;
  const uploads = new Uploads();
  const handler = requestHandler({
    rendererFolder,
    names,
    mostRequests: limits.requests,
    sessions,
    supervisor,
    secret: control.secret,
    address,
    opened,
    uploads,
  });
  server.on('request', handler);
  const isAllowed = (request: IncomingMessage): boolean =>
    names.isOwnRequest(request) && request.headers.origin !== undefined && sessions.isAuthorised(request);
  const closeSockets = acceptSockets(server, { supervisor, host, uploads }, isAllowed, limits);
  supervisor.start();
  const closed = new Promise<void>((done) => server.once('close', done));
  const browserOpened = openBrowser && (await openOnDesktop(address()));
  return {
    address,
    browserOpened,
    engineProcessId: () => supervisor.processId(),
    closed,
    async close() {
      control.remove();
      closeSockets();
      server.close();
      server.closeAllConnections();
      await supervisor.close();
      await closed;
      log.info('ended');
      await log.close();
    },
  };
}

/** Letters that a token needs before nobody guesses it at the rate that is allowed, whatever it is made of. */
const fewestTokenLetters = 16;

/** @throws SemblanceError `not-available` where others could reach the server, and only a guess would stand between */
function refuseWeak(host: string, token: string | null): void {
  if (token !== null && token.length < fewestTokenLetters) {
    throw new SemblanceError(
      'not-available',
      `The token has fewer than ${fewestTokenLetters} letters. Choose a longer one.`,
    );
  }
  if (token === null && !isLoopback(host)) {
    throw new SemblanceError(
      'not-available',
      `Other machines could reach the server at ${host}. Give it a token of your own with --token-file FILE.`,
    );
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    throw new SemblanceError('no-such-folder', `There is no folder ${root} to allow. Check --root.`);
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new SemblanceError(
          'not-available',
          `Port ${port} cannot be used (${cause.code ?? cause.message}). Choose another with --port N.`,
          { cause },
        ),
      ),
    );
    server.listen(port, host, () => done((server.address() as AddressInfo).port));
  });
}
