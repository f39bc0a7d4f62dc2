/** What one client may ask of the server, so that none can use up the machine. */
import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface Limits {
  /** Until the headers of a request are complete; who dribbles them is cut off. */
  headersMs: number;
  /** Until the whole request is. */
  requestMs: number;
  /** How often both are looked at. */
  checkMs: number;
  /** Connections at a time; a browser opens six, and one more for each page. */
  connections: number;
  /** Requests being answered at a time: each may be a picture that is decoded. */
  requests: number;
  /** Pages at a time, each with a WebSocket. */
  pages: number;
  /** Commands that one page may have under way. */
  pending: number;
  /** What one page may leave unread: it has been suspended, or does not mean to read. It connects anew when it is back. */
  unreadBytes: number;
  /** A page that has not answered from one look to the next is gone, or never finishes what it began to send. */
  lookMs: number;
}

export const usualLimits: Limits = {
  headersMs: 10_000,
  requestMs: 60_000,
  checkMs: 5_000,
  connections: 512,
  requests: 128,
  pages: 64,
  pending: 256,
  unreadBytes: 128 * 2 ** 20,
  lookMs: 30_000,
};

export function createLimitedServer({ headersMs, requestMs, checkMs, connections }: Limits): Server {
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    maxHeaderSize: 16 * 1024,
  });
  server.maxConnections = connections;
  return server;
}

/** Whether something follows a request's headers. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}
