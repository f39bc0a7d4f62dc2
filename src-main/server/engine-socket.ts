/** The contract over a WebSocket: MessagePack frames of requests, replies and events. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { decode, encode, type ExtensionCodec } from '@msgpack/msgpack';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type PageEvent,
  requestSchema,
  SemblanceError,
  toErrorReport,
  webSocketPath,
} from '../contract/index.ts';
import type { EngineSupervisor } from '../engine/supervisor.ts';
import { answerCommand, type Host } from './host-commands.ts';
import { type Limits, usualLimits } from './limits.ts';
import { isWithinBounds } from './message-bounds.ts';
import type { Uploads } from './uploads.ts';

/** Photos come as uploads; the longest request besides is a ground truth. */
const mostPayloadBytes = 64 * 1024 * 1024;
/** Of a list in a request: what is said to follow takes memory before it is there. */
const mostItems = 100_000;

/** The part of the supervisor that pages hear. */
export type EngineEvents = Pick<EngineSupervisor, 'state' | 'subscribe'>;

/**
 * Accepts WebSocket connections on the server.
 * @param isAllowed decides on each one before it is accepted
 * @returns closes every connection
 */
export function acceptSockets(
  server: Server,
  served: Served,
  isAllowed: (request: IncomingMessage) => boolean,
  limits: Limits = usualLimits,
): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: mostPayloadBytes,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    // Whoever it is may leave at any moment.
    connection.on('error', () => connection.destroy());
    const refuse = (status: string): void => {
      connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => connection.destroy());
    };
    if (!isAllowed(request) || request.url !== webSocketPath) return refuse('401 Unauthorized');
    if (sockets.clients.size >= limits.pages) return refuse('503 Service Unavailable');
    sockets.handleUpgrade(request, connection, head, (socket) => {
      serveSocket(socket, served, limits);
    });
    return undefined;
  });
  const silent = new WeakSet<WebSocket>();
  const look = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.once('pong', () => silent.delete(socket));
      socket.ping();
    }
  }, limits.lookMs);
  look.unref();
  return () => {
    clearInterval(look);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

interface Served {
  supervisor: EngineEvents;
  host: Host;
  uploads: Uploads;
}

function serveSocket(
  socket: WebSocket,
  { supervisor, host, uploads }: Served,
  { pending: mostPending, unreadBytes }: Limits,
): void {
  const codec = uploads.codec();
  let pending = 0;
  const send = (message: unknown): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(encode(message));
    // A page that does not read would have the server keep everything for it.
    if (socket.bufferedAmount > unreadBytes) socket.terminate();
  };
  const tell = (event: PageEvent): void => send(event);
  const endings = [
    supervisor.subscribe(tell),
    host.opened.subscribe(() => tell({ event: 'opened', data: {} })),
  ];
  tell({ event: 'engineState', data: { state: supervisor.state } });
  socket.on('close', () => {
    for (const end of endings) end();
  });
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    const request = parseRequest(data, codec);
    if (!request) {
      // Whoever speaks another language is not our page.
      socket.close(1003, 'not a request');
      return;
    }
    const { id, command, args } = request;
    if (pending >= mostPending) {
      send({ id, ok: false, error: toErrorReport(tooMany()) });
      return;
    }
    pending += 1;
    answerCommand(host, command, args)
      .then(
        (value) => send({ id, ok: true, value }),
        (error: unknown) => send({ id, ok: false, error: toErrorReport(error) }),
      )
      .finally(() => (pending -= 1));
  });
}

function parseRequest(
  data: Buffer,
  extensionCodec: ExtensionCodec,
): v.InferOutput<typeof requestSchema> | null {
  try {
    if (!isWithinBounds(data)) return null;
    const bounds = { maxArrayLength: mostItems, maxMapLength: mostItems };
    return v.parse(requestSchema, decode(data, { extensionCodec, ...bounds }));
  } catch {
    return null;
  }
}

function tooMany(): SemblanceError {
  return new SemblanceError('not-available', 'Too many requests at once. Wait for the answers.', {
    retryable: true,
  });
}
