/** The custom scheme that the window loads from: the built interface, and photos' pictures by id. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';
import {
  type CallCommand,
  pictureAt,
  type PictureFile,
  pictureHeaders,
  securityHeaders,
  toErrorReport,
} from '../contract/index.ts';

export const scheme = 'semblance';
export const pageAddress = `${scheme}://app/index.html`;
const origin = `${scheme}://app`;

const mediaTypes: Partial<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.json': 'application/json',
  '.map': 'application/json',
};

/** Has to be called before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

export function isOwnPage(address: string): boolean {
  return address === origin || address.startsWith(`${origin}/`);
}

export function servePages(rendererFolder: string, call: CallCommand): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'app') return answer(404, 'Not found');
    const picture = pictureAt(url.pathname, call);
    return picture ? servePicture(picture) : serveFile(rendererFolder, url.pathname);
  });
}

async function servePicture(asked: Promise<PictureFile>): Promise<Response> {
  try {
    const picture = await asked;
    return answer(200, picture.bytes, pictureHeaders(picture));
  } catch (error) {
    return answer(404, toErrorReport(error).message);
  }
}

async function serveFile(rendererFolder: string, pathname: string): Promise<Response> {
  try {
    const file = normalize(join(rendererFolder, decodeURIComponent(pathname)));
    const mediaType = mediaTypes[extname(file)];
    if (!file.startsWith(rendererFolder + sep) || mediaType === undefined) return answer(404, 'Not found');
    return answer(200, await readFile(file), { 'content-type': mediaType });
  } catch {
    return answer(404, 'Not found');
  }
}

function answer(status: number, body: Uint8Array | string, headers: Record<string, string> = {}): Response {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body);
  return new Response(bytes, { status, headers: { ...securityHeaders, ...headers } });
}
