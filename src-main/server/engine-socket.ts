/** The contract over a WebSocket: MessagePack frames of requests, replies and events. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { decode, encode } from '@msgpack/msgpack';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  maxPhotoBytes,
  type PageEvent,
  requestSchema,
  SemblanceError,
  toErrorReport,
  webSocketPath,
} from '../contract/index.ts';
import type { EngineSupervisor } from '../engine/supervisor.ts';
import { answerCommand, type Host } from './host-commands.ts';

/** A photo and its envelope. */
const mostPayloadBytes = maxPhotoBytes + 64 * 1024;
/** Of a list in a request: what is said to follow takes memory before it is there. */
const mostItems = 100_000;
/** Requests that one page may have under way. */
const mostPending = 256;

/**
 * Accepts WebSocket connections on the server.
 * @param isAllowed decides on each one before it is accepted
 * @returns closes every connection
 */
export function acceptSockets(
  server: Server,
  supervisor: EngineSupervisor,
  host: Host,
  isAllowed: (request: IncomingMessage) => boolean,
): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: mostPayloadBytes,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    if (!isAllowed(request) || request.url !== webSocketPath) {
      connection.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      serveSocket(socket, supervisor, host);
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function serveSocket(socket: WebSocket, supervisor: EngineSupervisor, host: Host): void {
  let pending = 0;
  const send = (message: unknown): void => {
    if (socket.readyState === socket.OPEN) socket.send(encode(message));
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
    const request = parseRequest(data);
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

function parseRequest(data: Buffer): v.InferOutput<typeof requestSchema> | null {
  try {
    return v.parse(requestSchema, decode(data, { maxArrayLength: mostItems, maxMapLength: mostItems }));
  } catch {
    return null;
  }
}

function tooMany(): SemblanceError {
  return new SemblanceError('not-available', 'Too many requests at once. Wait for the answers.', {
    retryable: true,
  });
}
