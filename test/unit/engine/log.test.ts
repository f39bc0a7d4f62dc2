import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SemblanceError } from '../../../src-main/contract/index.ts';
import { type LogLevel, logFolder, openLog } from '../../../src-main/engine/log.ts';
import { engineTexts } from '../../fixtures/engine-texts.ts';

let library: string;
beforeEach(() => (library = mkdtempSync(join(tmpdir(), 'semblance-log-'))));
afterEach(() => rmSync(library, { recursive: true, force: true }));

const fileOf = (name = 'terminal.jsonl'): string => readFileSync(join(logFolder(library), name), 'utf8');

function entriesOf(name?: string): Record<string, unknown>[] {
  const lines = fileOf(name).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Writes what is asked, and waits until it is on the disk. */
async function logged(
  write: (log: ReturnType<typeof openLog>) => void,
  level: LogLevel = 'info',
): Promise<string> {
  const log = openLog(library, 'terminal', level);
  write(log);
  await log.close();
  return fileOf();
}

/** Names as people give them: with blanks, quotation marks, brackets, in any script. */
const someName = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
      fc.constantFrom(' ', "'", '"', '.', 'è', '(1)'),
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => `Zq${parts.join('').replaceAll(/[\\/\0]/g, '-')}x`);
const somePath = fc
  .tuple(
    fc.constantFrom('/', 'C:\\', '\\\\server\\', '~/', 'file:///', '/home/'),
    fc.array(someName, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '.jpg', '.HEIC', '.onnx'),
  )
  .map(([start, names, extension]) => ({
    path: `${start}${names.join(start.includes('\\') ? '\\' : '/')}${extension}`,
    names,
  }));
/** What ordinary errors of Node, SQLite, sharp and onnxruntime say. */
const wordings: ((path: string) => string)[] = [
  (path) => `ENOENT: no such file or directory, open '${path}'`,
  (path) => `Input file is missing: ${path}`,
  (path) => `${path}: bad seek to 1234`,
  (path) => `Load model from ${path} failed:Protobuf parsing failed.`,
  (path) => `Cannot read "${path}" (and nothing else)`,
  (path) => `Unexpected token 'h', "${path}" is not valid JSON`,
  (path) => `Command failed: convert ${path}\nmore of it`,
];
const encoded = (text: string): string => JSON.stringify(text).slice(1, -1);

describe('the log', () => {
  it('is JSON, one entry a line, that says when, how grave, who and what', async () => {
    await logged((log) =>
      log.info('job-ended', { kind: 'index', done: 12, rate: { photos: 1.5 }, devices: ['cpu'] }),
    );
    expect(entriesOf()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        level: 'info',
        process: 'terminal',
        processId: process.pid,
        event: 'job-ended',
        kind: 'index',
        done: 12,
        rate: { photos: 1.5 },
        devices: ['cpu'],
      },
    ]);
  });

  it('begins a new file when one is full, and keeps only so many', async () => {
    const log = openLog(library, 'terminal', 'info', { mostBytes: 2000, kept: 2 });
    for (let i = 0; i < 100; i++) log.info('entry', { i });
    await log.close();
    const files = readdirSync(logFolder(library)).filter((name) => name.endsWith('.jsonl'));
    expect(files.sort()).toEqual(['terminal.1.jsonl', 'terminal.2.jsonl', 'terminal.jsonl']);
    for (const file of files) expect(statSync(join(logFolder(library), file)).size).toBeLessThan(2300);
    const numbers = files.reverse().sort((a, b) => b.length - a.length);
    const kept = [
      ...entriesOf('terminal.2.jsonl'),
      ...entriesOf('terminal.1.jsonl'),
      ...(fileOf() === '' ? [] : entriesOf()),
    ];
    expect(numbers).toHaveLength(3);
    expect(kept.at(-1)).toMatchObject({ i: 99 });
    expect(kept.map(({ i }) => i)).toEqual(Array.from(kept, (_, place) => 100 - kept.length + place));
  });

  it('goes on in the file of the process before', async () => {
    await logged((log) => log.info('first'));
    await logged((log) => log.info('second'));
    expect(entriesOf().map(({ event }) => event)).toEqual(['first', 'second']);
  });

  it('says of an expected failure its code, and of the photo an id', async () => {
    const text = await logged((log) => {
      for (const photo of ['/photos/Anna.jpg', '/photos/Anna.jpg', '/photos/Ben.jpg']) {
        log.error('photo-left-out', new SemblanceError('truncated', `${photo} is cut off.`, { photo }));
      }
    });
    expect(text).not.toMatch(/Anna|Ben|photos\//);
    const ids = entriesOf().map(({ error }) => (error as { code: string; photo: string }).photo);
    expect(ids[0]).toMatch(/^#[0-9a-f]{10}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(entriesOf()[0]).toMatchObject({ level: 'error', error: { code: 'truncated', retryable: false } });
  });

  it('gives the same photo another id in another library', async () => {
    const write = (log: ReturnType<typeof openLog>): void => log.info('photo', { path: '/photos/Anna.jpg' });
    await logged(write);
    const [{ path: here }] = entriesOf();
    rmSync(logFolder(library), { recursive: true });
    await logged(write);
    expect(entriesOf()[0]['path']).not.toBe(here);
  });

  it('says of an unexpected error what it is and where in the program it was thrown', async () => {
    await logged((log) =>
      log.error('failed', new TypeError('x is not a function', { cause: new Error('disk') })),
    );
    const [{ error }] = entriesOf() as { error: Record<string, unknown> }[];
    expect(error).toMatchObject({ code: 'internal', type: 'TypeError', message: 'x is not a function' });
    expect((error['frames'] as string[])[0]).toMatch(/test\/unit\/engine\/log\.test\.ts:\d+:\d+/);
    expect(error['cause']).toMatchObject({ message: 'disk' });
  });

  it('never names a path in an error of any wording, nor a part of one', async () => {
    await fc.assert(
      fc.asyncProperty(somePath, fc.constantFrom(...wordings), async ({ path, names }, wording) => {
        const thrown = Object.assign(new Error(wording(path)), { code: 'ENOENT', path });
        const text = await logged((log) => {
          log.error('failed', thrown, { where: path, at: [path, { deeper: path }] });
          log.error('failed', new SemblanceError('internal', wording(path), { photo: path, cause: thrown }));
          log.info('told', { words: wording(path) });
          log.crash(thrown);
        });
        for (const each of [path, ...names]) expect(text).not.toContain(encoded(each));
        expect(text).not.toContain('Zq');
        rmSync(logFolder(library), { recursive: true });
      }),
      { numRuns: 150 },
    );
  });

  it('never names what is quoted, nor a file by its bare name', async () => {
    await fc.assert(
      fc.asyncProperty(someName, async (name) => {
        const text = await logged((log) => {
          log.error('failed', new Error(`There is no tag '${name}' here`));
          log.error('failed', new Error(`Cannot decode ${name}.jpg: bad marker`));
          log.info('told', { words: `No search is called "${name}".` });
        });
        expect(text).not.toContain('Zq');
        rmSync(logFolder(library), { recursive: true });
      }),
      { numRuns: 100 },
    );
  });

  it('never names what any message of the engine puts in', async () => {
    const messages = engineTexts().map((template) => template.replaceAll(/\{\d+\}/g, 'Zqname of mine'));
    const text = await logged((log) => {
      for (const message of messages) log.error('failed', new SemblanceError('not-found', message));
    });
    expect(messages.some((message) => message.includes('Zq'))).toBe(true);
    expect(text).not.toContain('Zq');
  });

  it('names neither this machine and its user nor the library, nor a place on earth', async () => {
    const { username } = userInfo();
    const text = await logged((log) => {
      log.info('told', { words: `${username} on ${hostname()} at 48.137154, 11.576124 with 3 photos` });
      log.info('told', { words: `library ${library}` });
    });
    expect(text).not.toContain(library);
    expect(text).not.toContain('48.13');
    expect(text).not.toContain('576124');
    expect(text).not.toMatch(new RegExp(`\\b${username}\\b|\\b${hostname()}\\b`));
    expect(text).toContain('with 3 photos');
  });

  it('keeps out a message that looks like a place in the program', async () => {
    const text = await logged((log) =>
      log.error('failed', new Error('gone\n    at somebody (/home/Zq/secret.ts:1:1)')),
    );
    expect(text).not.toContain('Zq');
  });

  it('names things only at the level debug, in entries of that level', async () => {
    const failure = new SemblanceError('not-found', 'There is no file /photos/Anna.jpg.');
    const quiet = await logged((log) => {
      log.error('failed', failure);
      log.debug('query', () => expect.unreachable());
    });
    expect(quiet).not.toContain('Anna');
    const talkative = await logged((log) => log.error('failed', failure), 'debug');
    expect(talkative).toContain('Anna');
    for (const entry of entriesOf()) {
      expect(JSON.stringify(entry).includes('Anna')).toBe(entry['level'] === 'debug');
    }
  });

  it('says as much as the level asks for, and nothing when it is off', async () => {
    const log = openLog(library, 'terminal', 'warn');
    log.info('left-out');
    log.warn('told');
    await log.close();
    expect(entriesOf().map(({ event }) => event)).toEqual(['told']);
    rmSync(logFolder(library), { recursive: true });
    const off = openLog(library, 'terminal', 'off');
    off.error('failed', new Error('x'));
    await off.close();
    expect(readdirSync(library)).toEqual([]);
  });

  it('has the last words of a process on the disk before it ends', () => {
    openLog(library, 'window', 'info').crash(new Error('the end'));
    // Nothing was begun before, and nobody waits.
    mkdirSync(logFolder(library), { recursive: true });
    openLog(library, 'window', 'info').crash(new Error('the end'));
    expect(entriesOf('window.jsonl').at(-1)).toMatchObject({
      event: 'crashed',
      error: { message: 'the end' },
    });
  });

  it('disturbs nobody where nothing can be written, and goes on later', async () => {
    writeFileSync(logFolder(library), 'not a folder');
    const log = openLog(library, 'terminal', 'info', { retryMs: 0 });
    for (let i = 0; i < 10; i++) {
      log.info('lost');
      await new Promise((done) => setTimeout(done, 5));
    }
    rmSync(logFolder(library));
    log.info('written');
    await log.close();
    const entries = entriesOf();
    expect(entries.at(-1)).toMatchObject({ event: 'written', leftOut: 10 });
  });

  it.each(['logs', join('logs', 'terminal.jsonl')])(
    'is not written through a link that somebody has put at %s',
    async (place) => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'semblance-elsewhere-'));
      mkdirSync(join(library, place, '..'), { recursive: true });
      if (place === 'logs') symlinkSync(elsewhere, join(library, place));
      else symlinkSync(join(elsewhere, 'terminal.jsonl'), join(library, place));
      const log = openLog(library, 'terminal');
      log.info('began');
      log.crash(new Error('gone'));
      await log.close();
      expect(readdirSync(elsewhere)).toEqual([]);
      rmSync(elsewhere, { recursive: true });
    },
  );

  it('says nothing at all of a value that cannot be written down', async () => {
    const round: Record<string, never> = {};
    Object.assign(round, { itself: round });
    const log = openLog(library, 'terminal', 'debug');
    expect(() => log.debug('round', () => round)).not.toThrow();
    log.info('told');
    await log.close();
    expect(entriesOf().map(({ event }) => event)).toEqual(['told']);
  });
});
