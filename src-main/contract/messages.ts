/** Envelopes in which commands, answers and events travel, over fork-IPC as over a WebSocket. */
import * as v from 'valibot';
import type { CommandAnswers, CommandName } from './commands.ts';
import type { ErrorReport } from './errors.ts';
import type { EngineEvent } from './events.ts';
import type { PageEvent } from './host-events.ts';

/** A request, checked before its command's own arguments are. */
export const requestSchema = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  command: v.pipe(v.string(), v.maxLength(100)),
  args: v.unknown(),
});

export type Request = v.InferOutput<typeof requestSchema>;

export type Reply =
  | { id: number; ok: true; value: CommandAnswers[CommandName] }
  | { id: number; ok: false; error: ErrorReport };

/** What the engine side sends. */
export type Message = Reply | EngineEvent;

/** What a page receives: of the engine, and of the host around it. */
export type PageMessage = Reply | PageEvent;
