/**
 * Logs for those who help: JSON lines in the folder `logs` of a library, one file for each kind of process. Nothing personal
 * is in them: paths and names are ids, and an expected failure is its code alone. Only the level `debug`, which a person has
 * to choose, names things; its entries are marked, and never leave by themselves. Loads without native modules, and on the
 * Node 18 inside an old Electron as well as on Node 24.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SemblanceError, systemCodeOf, toErrorReport } from '../contract/index.ts';
import { refuseUnsafeFiles } from '../library/unsafe-files.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { processFacts } from './process-facts.ts';
import { Redactor } from './redactor.ts';

export const logLevels = ['off', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Who writes: each has files of its own, since two processes cannot share one that begins anew. */
export type LogName = 'window' | 'server' | 'terminal' | 'engine-of-window' | 'engine-of-server';

/** What an entry says beside its event; texts are redacted, whatever they are. */
export type LogFields = Record<string, LogValue>;
export type LogValue =
  string | number | boolean | null | readonly LogValue[] | { readonly [name: string]: LogValue };

/** None of these ever throws, and those that say something never wait for the disk. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** An expected failure by its code, anything else with where in the program it was thrown. */
  error(event: string, thrown: unknown, fields?: LogFields): void;
  /** Names things. `fields` is asked only where a person chose the level. */
  debug(event: string, fields: () => LogFields): void;
  /** The last words of a process that ends by an error: on the disk when this returns. */
  crash(thrown: unknown): void;
  /** Waits until what was said is on the disk, but not for long. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const nothing = (): void => undefined;

/** For those who keep no log. */
export const silentLog: Log = {
  info: nothing,
  warn: nothing,
  error: nothing,
  debug: nothing,
  crash: nothing,
  settle: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const saltName = 'salt';

/** Where the logs of a library lie. */
export function logFolder(libraryPath: string): string {
  return join(libraryPath, 'logs');
}

export function isLogLevel(text: string): text is LogLevel {
  return (logLevels as readonly string[]).includes(text);
}

/** The level that the environment asks for in SEMBLANCE_LOG; what is none counts as the usual one. */
export function chosenLogLevel(): LogLevel {
  const wanted = process.env['SEMBLANCE_LOG'] ?? '';
  return isLogLevel(wanted) ? wanted : 'info';
}

/** Writes nothing before the first entry, and nothing at all where a library of somebody else's would have it written elsewhere. */
export function openLog(
  libraryPath: string,
  name: LogName,
  level: LogLevel = chosenLogLevel(),
  options: LogFileOptions = {},
): Log {
  return level === 'off' || leadsElsewhere(libraryPath)
    ? silentLog
    : new WrittenLog(libraryPath, name, level, options);
}

/** Whether a link is in the way. */
function leadsElsewhere(libraryPath: string): boolean {
  try {
    refuseUnsafeFiles(libraryPath);
    refuseUnsafeFiles(logFolder(libraryPath));
    return false;
  } catch {
    return true;
  }
}

/** The redactor of a library's logs, for somebody who reads them. @param secrets what else is personal wherever it stands, such as folders */
export function redactorOf(libraryPath: string, secrets: readonly string[] = []): Redactor {
  return new Redactor(readSalt(logFolder(libraryPath)) ?? freshSalt(), [libraryPath, ...secrets]);
}

class WrittenLog implements Log {
  readonly #libraryPath: string;
  readonly #name: LogName;
  readonly #level: number;
  readonly #file: LogFile;
  #redactor: Redactor | null = null;

  constructor(libraryPath: string, name: LogName, level: LogLevel, options: LogFileOptions) {
    this.#libraryPath = libraryPath;
    this.#name = name;
    this.#level = logLevels.indexOf(level);
    this.#file = new LogFile(logFolder(libraryPath), name, options);
  }

  info(event: string, fields: LogFields = {}): void {
    this.#write('info', event, () => this.#redacted(fields));
  }

  warn(event: string, fields: LogFields = {}): void {
    this.#write('warn', event, () => this.#redacted(fields));
  }

  error(event: string, thrown: unknown, fields: LogFields = {}): void {
    this.#write('error', event, () => ({ ...this.#redacted(fields), error: this.#errorFields(thrown) }));
    this.debug(event, () => ({ stack: thrown instanceof Error ? (thrown.stack ?? '') : String(thrown) }));
  }

  debug(event: string, fields: () => LogFields): void {
    this.#write('debug', event, fields);
  }

  crash(thrown: unknown): void {
    const line = this.#line('error', 'crashed', () => ({ error: this.#errorFields(thrown) }));
    if (line !== null) this.#file.writeNow(`${line.text}\n`);
  }

  settle(): Promise<void> {
    return this.#file.settle();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #write(level: LogLevel, event: string, fields: () => LogFields): void {
    const line = this.#line(level, event, fields);
    if (line !== null) this.#file.write(`${line.text}\n`, line.leftOut);
  }

  /** null where the level leaves it out, or what it is to say cannot be said. */
  #line(level: LogLevel, event: string, fields: () => LogFields): { text: string; leftOut: number } | null {
    if (logLevels.indexOf(level) > this.#level) return null;
    try {
      const said = fields();
      const leftOut = this.#file.takeLeftOut();
      const entry = {
        time: new Date().toISOString(),
        level,
        process: this.#name,
        processId: process.pid,
        event,
        ...(leftOut > 0 && { leftOut }),
        ...said,
      };
      return { text: JSON.stringify(entry), leftOut };
    } catch {
      return null;
    }
  }

  #redacted(fields: LogFields): LogFields {
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, this.#value(value)]));
  }

  #value(value: LogValue): LogValue {
    if (typeof value === 'string') return this.#redact.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each: LogValue) => this.#value(each));
    return this.#redacted(value as LogFields);
  }

  #errorFields(thrown: unknown): LogFields {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : null;
    const because: LogFields = cause === null ? {} : { cause: this.#errorFields(cause) };
    // Its code says it all, and its words name things.
    if (thrown instanceof SemblanceError) {
      const { code, photo, retryable } = thrown;
      return { code, retryable, ...(photo !== undefined && { photo: this.#redact.id(photo) }), ...because };
    }
    const { code } = toErrorReport(thrown);
    if (!(thrown instanceof Error)) return { code, message: this.#redact.text(String(thrown)) };
    const systemCode = systemCodeOf(thrown);
    return {
      code,
      type: this.#redact.text(thrown.name),
      ...(systemCode !== '' && { systemCode: this.#redact.text(systemCode) }),
      message: this.#redact.text(thrown.message),
      frames: this.#redact.frames(thrown),
      ...because,
    };
  }

  get #redact(): Redactor {
    this.#redactor ??= new Redactor(keptSalt(logFolder(this.#libraryPath)), [this.#libraryPath]);
    return this.#redactor;
  }
}

function freshSalt(): string {
  return randomBytes(16).toString('hex');
}

/** What makes ids of one library mean nothing elsewhere; where it cannot be kept, it holds for this process alone. */
function keptSalt(folder: string): string {
  const fresh = freshSalt();
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, saltName), fresh, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch {
    return readSalt(folder) ?? fresh;
  }
}

/** null where none is kept. */
function readSalt(folder: string): string | null {
  try {
    const salt = readFileSync(join(folder, saltName), 'utf8');
    return /^[0-9a-f]{32}$/.test(salt) ? salt : null;
  } catch {
    return null;
  }
}

/** The log of a whole process: says what runs it, and what ends it unseen. */
export function openProcessLog(libraryPath: string, name: LogName): Log {
  const log = openLog(libraryPath, name);
  process.on('uncaughtExceptionMonitor', (error) => log.crash(error));
  log.info('began', processFacts());
  return log;
}
