/** Serves the interface and the contract to a browser on this machine. */
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { basename, resolve } from 'node:path';
import sirv from 'sirv';
import {
  pictureAt,
  pictureHeaders,
  SemblanceError,
  securityHeaders,
  sibling,
  toErrorReport,
} from '../contract/index.ts';
import { openProcessLog } from '../engine/log.ts';
import { OpenedFiles } from '../engine/opened-files.ts';
import { EngineSupervisor } from '../engine/supervisor.ts';
import { dataFolder } from '../vision/data-folder.ts';
import {
  controlHeader,
  controlPath,
  isSecret,
  mostControlBytes,
  pathsToOpen,
  requestAddress,
  writeControlFile,
} from './control-file.ts';
import { openOnDesktop } from './desktop.ts';
import { acceptSockets } from './engine-socket.ts';
import { isOwnRequest, Sessions } from './sessions.ts';

export interface ServeOptions {
  libraryPath: string;
  /** 0 takes a free one. */
  port: number;
  /** Folders under which a browser may add folders. */
  roots: string[];
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
}: ServeOptions): Promise<RunningServer> {
  if (!existsSync(rendererFolder)) {
    throw new SemblanceError('not-available', 'The interface has not been built yet. Run: npm run build');
  }
  const library = resolve(libraryPath);
  mkdirSync(library, { recursive: true });
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
  const server = createServer();
  const takenPort = await listen(server, port);
  const sessions = new Sessions(takenPort);
  const control = writeControlFile(library, takenPort);
  const address = (): string => `http://127.0.0.1:${takenPort}/?token=${sessions.newToken()}`;
  const handler = requestHandler({
    port: takenPort,
    sessions,
    supervisor,
    secret: control.secret,
    address,
    opened,
  });
  server.on('request', handler);
  const isAllowed = (request: IncomingMessage): boolean =>
    isOwnRequest(request, takenPort) &&
    request.headers.origin !== undefined &&
    sessions.isAuthorised(request);
  const closeSockets = acceptSockets(server, supervisor, host, isAllowed);
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

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    throw new SemblanceError('no-such-folder', `There is no folder ${root} to allow. Check --root.`);
  }
}

function listen(server: Server, port: number): Promise<number> {
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
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
}

interface HandlerParts {
  port: number;
  sessions: Sessions;
  supervisor: EngineSupervisor;
  secret: string;
  address: () => string;
  opened: OpenedFiles;
}

function requestHandler({ port, sessions, supervisor, secret, address, opened }: HandlerParts) {
  const files = sirv(rendererFolder, { etag: true, dev: true });
  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const end = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    };
    if (!isOwnRequest(request, port)) return end(403, 'Forbidden');
    const own = `http://127.0.0.1:${port}`;
    // Anybody may send a target that is no address, such as '//'.
    if (!URL.canParse(request.url ?? '/', own)) return end(400, 'Bad request');
    const url = new URL(request.url ?? '/', own);
    if (request.method === 'POST' && url.pathname === controlPath) {
      if (!isSecret(request.headers[controlHeader], secret)) return end(403, 'Forbidden');
      void bodyOf(request).then((body) => {
        const paths = body === null ? null : pathsToOpen(body);
        if (paths === null) return end(400, 'Bad request');
        opened.add(paths);
        return end(200, address());
      });
      return undefined;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, 'Method not allowed');
    const token = url.searchParams.get('token');
    if (token !== null && url.pathname === '/') {
      const cookie = sessions.redeem(token);
      if (cookie === null) return end(401, 'This address has been used. Run: semblance open');
      response.writeHead(303, { 'set-cookie': cookie, location: '/', 'cache-control': 'no-store' }).end();
      return undefined;
    }
    if (!sessions.isAuthorised(request)) return end(401, 'For an address that works, run: semblance open');
    const picture = pictureAt(url.pathname, supervisor.call);
    if (picture) {
      picture.then(
        (found) => response.writeHead(200, pictureHeaders(found)).end(found.bytes),
        (error: unknown) => end(404, toErrorReport(error).message),
      );
      return undefined;
    }
    files(request, response, () => end(404, 'Not found'));
    return undefined;
  };
}

/** null where it is longer than any of ours. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > mostControlBytes) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString();
}
