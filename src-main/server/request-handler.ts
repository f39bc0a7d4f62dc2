/** What the server answers over HTTP: the interface, pictures of photos, and the way in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { pictureAt, pictureHeaders, securityHeaders, toErrorReport, uploadPath } from '../contract/index.ts';
import type { OpenedFiles } from '../engine/opened-files.ts';
import type { EngineSupervisor } from '../engine/supervisor.ts';
import { controlHeader, controlPath, isSecret, mostControlBytes, pathsToOpen } from './control-file.ts';
import { hasBody } from './limits.ts';
import type { OwnNames } from './own-names.ts';
import { bodyOf } from './request-body.ts';
import type { Sessions } from './sessions.ts';
import type { Uploads } from './uploads.ts';

interface HandlerParts {
  /** Of the built interface. */
  rendererFolder: string;
  names: OwnNames;
  /** Requests that are answered at a time. */
  mostRequests: number;
  sessions: Sessions;
  supervisor: EngineSupervisor;
  /** Of the control file. */
  secret: string;
  /** A fresh address that works once. */
  address: () => string;
  opened: OpenedFiles;
  uploads: Uploads;
}

export function requestHandler({
  rendererFolder,
  names,
  mostRequests,
  sessions,
  supervisor,
  secret,
  address,
  opened,
  uploads,
}: HandlerParts) {
  let open = 0;
  const files = sirv(rendererFolder, { etag: true, dev: true });
  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const end = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    };
    /** Where a body might follow, nobody waits for its end. */
    const endUnread = (status: number, text: string): void => {
      response.setHeader('connection', 'close');
      end(status, text);
    };
    open += 1;
    response.once('close', () => (open -= 1));
    if (open > mostRequests) return end(503, 'Too many requests at once');
    if (!names.isOwnRequest(request)) return endUnread(403, 'Forbidden');
    // Anybody may send a target that is no address, such as '//'.
    if (!URL.canParse(request.url ?? '/', names.origin)) return end(400, 'Bad request');
    const url = new URL(request.url ?? '/', names.origin);
    if (request.method === 'POST' && url.pathname === controlPath) {
      if (!isSecret(request.headers[controlHeader], secret)) return endUnread(403, 'Forbidden');
      void bodyOf(request, mostControlBytes).then((body) => {
        const paths = body === null ? null : pathsToOpen(body.toString());
        if (paths === null) return end(400, 'Bad request');
        opened.add(paths);
        return end(200, address());
      });
      return undefined;
    }
    if (request.method === 'POST' && url.pathname === uploadPath) {
      // A page names itself where it posts; what does not is none of ours.
      if (request.headers.origin === undefined || !sessions.isAuthorised(request)) {
        return endUnread(401, 'Unauthorized');
      }
      void uploads
        .receive(request)
        .then(({ status, text }) => (status === 200 ? end(status, text) : endUnread(status, text)));
      return undefined;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return endUnread(405, 'Method not allowed');
    if (hasBody(request)) return endUnread(413, 'Nothing is taken in here');
    const token = url.searchParams.get('token');
    if (token !== null && url.pathname === '/') {
      const answer = sessions.redeem(token, request.socket.remoteAddress ?? '');
      if ('refused' in answer) {
        return answer.refused === 'wrong'
          ? end(401, 'This address has been used. Run: semblance open')
          : end(429, 'Too many wrong tokens. Wait a minute.');
      }
      response
        .writeHead(303, { 'set-cookie': answer.cookie, location: '/', 'cache-control': 'no-store' })
        .end();
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
