/** Entry of the engine process: answers commands that its parent sends over fork-IPC (contract/messages.ts). */
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import {
  type ErrorReport,
  type Message,
  parseCommand,
  type Reply,
  requestSchema,
  toErrorReport,
} from '../contract/index.ts';
import { Engine } from './engine.ts';

function send(message: Message): void {
  // A parent that goes away meanwhile is noticed by 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function answer(engine: Engine, message: unknown): Promise<Reply> {
  const request = v.parse(requestSchema, message);
  try {
    const args = parseCommand(request.command, request.args);
    const value = await engine.call(request.command as never, args as never);
    return { id: request.id, ok: true, value };
  } catch (error) {
    return { id: request.id, ok: false, error: toErrorReport(error) };
  }
}

/** Without a library every command is answered by the reason, so that the interface can show it. */
function answerAlways(error: ErrorReport): void {
  process.on('message', (message) => {
    const { id } = v.parse(requestSchema, message);
    send({ id, ok: false, error });
  });
}

function start(libraryPath: string): void {
  let closing = false;
  try {
    const engine = Engine.open({ libraryPath, access: 'write' });
    engine.subscribe(send);
    process.on('message', (message) => void answer(engine, message).then(send));
    const close = (): void => {
      if (closing) return;
      closing = true;
      void engine.close().finally(() => process.exit(0));
    };
    // Never outlive the shell, and leave nothing half written when asked to stop.
    process.on('disconnect', close);
    process.on('SIGTERM', close);
    process.on('SIGINT', close);
  } catch (error) {
    process.on('disconnect', () => process.exit(0));
    answerAlways(toErrorReport(error));
  }
  // The parent may have gone before anybody listened to 'disconnect'.
  if (!process.connected) process.emit('disconnect');
  send({ event: 'engineState', data: { state: 'ready' } });
}

const { values } = parseArgs({ options: { library: { type: 'string' } } });
if (values.library === undefined) throw new Error('The engine needs --library DIR.');
start(values.library);
