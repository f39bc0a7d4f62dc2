/**
 * What a page may send: arguments of every command, made from their schemas and then changed, to the engine's process,
 * and bytes over the server's socket.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@msgpack/msgpack';
import WebSocket from 'ws';
import {
  commandArguments,
  errorCodes,
  hostCommandArguments,
  type Message,
  photoProblemCodes,
  webSocketPath,
} from '../../../src-main/contract/index.ts';
import { serve } from '../../../src-main/server/index.ts';
import type { Dice } from '../dice.ts';
import { type AnySchema, valueOf } from '../schema-values.ts';
import { wholeLibrary } from './library-parts.ts';
import type { Target } from './target.ts';

/** These ask the network, or measure the machine for minutes. */
const leftOut: string[] = [
  'installModel',
  'probeDevices',
  'tuneSearch',
  'timeProfiles',
  'makeEightBit',
  'importModel',
];
const engineProcess = fileURLToPath(new URL('../../../src-main/engine/engine-process.ts', import.meta.url));
const knownCodes: readonly string[] = [...errorCodes, ...photoProblemCodes].filter(
  (code) => code !== 'internal',
);

function commandNames(schemas: object): string[] {
  return Object.keys(schemas).filter((name) => !leftOut.includes(name));
}

/** A request as a page sends it, or one that was changed somewhere. */
function requestFrom(dice: Dice, schemas: Record<string, AnySchema>, id: number): unknown {
  const command = dice.pick(commandNames(schemas));
  const args = valueOf(schemas[command], dice);
  const request = { id, command, args: dice.chance(0.6) ? dice.changedWithin(args) : args };
  return dice.chance(0.1) ? dice.changedWithin(request) : request;
}

/** @throws Error for an answer that Semblance did not expect to give */
function codeOf(message: Message): string {
  if ('event' in message || message.ok) return 'ok';
  if (knownCodes.includes(message.error.code)) return message.error.code;
  throw new Error(`answered ${JSON.stringify(message.error)}`);
}

export const ipc: Target = {
  name: 'ipc',
  limitMs: 120_000,
  open: async ({ work }) => {
    const library = join(work, 'library');
    await wholeLibrary(library);
    const child = fork(engineProcess, ['--library', library, '--program', 'window'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const waiting = new Map<number, (message: Message) => void>();
    let ended: string | null = null;
    let onEnd: (() => void) | null = null;
    child.on('message', (message: Message) => {
      if ('id' in message) waiting.get(message.id)?.(message);
    });
    child.on('exit', (code, signal) => {
      ended = `the engine ended (${signal ?? String(code)})`;
      onEnd?.();
    });
    let lastId = 1e6;
    const ask = (request: unknown, id: number): Promise<Message> =>
      new Promise((resolve, reject) => {
        onEnd = () => reject(new Error(ended ?? ''));
        if (ended !== null) onEnd();
        waiting.set(id, resolve);
        send(child, request);
      });
    return {
      attempt: async ({ dice, keep }) => {
        const id = lastId++;
        const request = requestFrom(dice, commandArguments as unknown as Record<string, AnySchema>, id);
        keep('request.txt', inspected(request));
        const hasId = (request as { id?: unknown } | null)?.id === id && isRequest(request);
        if (!hasId) send(child, request);
        const outcome = hasId ? codeOf(await ask(request, id)) : 'no request';
        // Whatever was asked, the engine answers what comes next; jobs that were begun are ended.
        const statusId = lastId++;
        const jobs = await ask({ id: statusId, command: 'jobs', args: {} }, statusId);
        codeOf(jobs);
        if ('ok' in jobs && jobs.ok) {
          for (const job of (jobs.value as { id: number; endedAtMs: number | null }[]).filter(
            (each) => each.endedAtMs === null,
          ))
            send(child, { id: lastId++, command: 'cancelJob', args: { jobId: job.id } });
        }
        return outcome;
      },
      close: () =>
        new Promise((resolve) => {
          child.once('exit', () => resolve());
          if (ended === null) child.disconnect();
          else resolve();
        }),
    };
  },
};

function isRequest(request: unknown): boolean {
  const { command, ...rest } = request as Record<string, unknown>;
  return (
    typeof command === 'string' && command.length <= 100 && Object.keys(rest).sort().join() === 'args,id'
  );
}

/** What structured clone does not take never leaves the page. */
function send(child: ChildProcess, request: unknown): void {
  try {
    child.send(request as object, () => undefined);
  } catch {
    // Nothing was sent.
  }
}

function inspected(value: unknown): string {
  return JSON.stringify([value], (_, each: unknown) => (typeof each === 'number' ? String(each) : each));
}

export const socket: Target = {
  name: 'socket',
  limitMs: 120_000,
  open: async ({ work }) => {
    const library = join(work, 'library');
    await wholeLibrary(library);
    const server = await serve({ libraryPath: library, port: 0, roots: [library], openBrowser: false });
    const address = new URL(server.address());
    const { headers } = await fetch(address, { redirect: 'manual' });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    const connect = (): Promise<WebSocket> =>
      new Promise((resolve, reject) => {
        const opened = new WebSocket(`ws://${address.host}${webSocketPath}`, {
          headers: { cookie, origin: address.origin },
        });
        opened.once('open', () => resolve(opened));
        opened.once('error', reject);
      });
    const schemas = { ...commandArguments, ...hostCommandArguments } as unknown as Record<string, AnySchema>;
    const hostOnly: string[] = ['openPhoto', 'revealPhoto', 'binPhotos'];
    const pid = server.engineProcessId();
    return {
      attempt: async ({ dice, keep }) => {
        const request = requestFrom(dice, schemas, 1);
        let bytes: Uint8Array;
        try {
          bytes = encode(request);
        } catch {
          bytes = dice.bytes(dice.below(200));
        }
        const command = (request as { command?: string } | null)?.command ?? '';
        if (hostOnly.includes(command) || dice.chance(0.4)) bytes = dice.mutated(bytes);
        if (dice.chance(0.1)) bytes = dice.pick(bombs)();
        keep('message.bin', bytes);
        const asked = await connect();
        const answered = new Promise<string>((resolve) => {
          asked.on('message', (data: Buffer) => {
            const message = decode(data) as Message;
            if (!('id' in message)) return;
            // What it throws, rejects.
            resolve(Promise.resolve(message).then(codeOf));
          });
          asked.once('close', (code) => resolve(`closed ${code}`));
        });
        asked.send(bytes);
        const outcome = await answered;
        asked.close();
        const next = await connect();
        const status = new Promise<string>((resolve) =>
          next.on('message', (data: Buffer) => {
            const message = decode(data) as Message;
            if ('id' in message) resolve(codeOf(message));
          }),
        );
        next.send(encode({ id: 7, command: 'status', args: {} }));
        if ((await status) !== 'ok') throw new Error(`status answers ${await status}`);
        next.close();
        if (server.engineProcessId() !== pid) throw new Error('The engine ended.');
        return outcome;
      },
      close: () => server.close(),
    };
  },
};

/** Few bytes that say that very much follows. */
const bombs: readonly (() => Uint8Array)[] = [
  () => Buffer.concat(Array.from({ length: 200 }, () => Buffer.from([0xdd, 0x01, 0xff, 0xff, 0xff]))),
  () => Buffer.alloc(100_000, 0x91),
  () => Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]),
  () => Buffer.from([0xc6, 0xff, 0xff, 0xff, 0xff]),
  () => Buffer.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x80]),
  () => Buffer.from([0xc9, 0xff, 0xff, 0xff, 0xff, 0x01]),
];
