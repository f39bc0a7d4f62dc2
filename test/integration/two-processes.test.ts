import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src-main/engine/index.ts';
import { Library } from '../../src-main/library/index.ts';

const holder = fileURLToPath(new URL('../fixtures/library-holder.ts', import.meta.url));
let folder: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-two-'));
});

afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true, force: true });
});

async function hold(program: 'window' | 'server'): Promise<number> {
  child = fork(holder, [folder, program]);
  await once(child, 'message');
  return child.pid ?? 0;
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function refusal(): string {
  try {
    Library.open(folder, 'write').close();
  } catch (error) {
    expect(error).toMatchObject({ code: 'library-in-use', retryable: true });
    return (error as Error).message;
  }
  return '';
}

const note = (): string => join(folder, 'library.owner.json');

describe('a library that another process has', () => {
  it.each([
    ['window', 'the window of Semblance'],
    ['server', 'a Semblance server'],
  ] as const)(
    'is refused with the name of the %s that has it, its process and since when',
    async (program, words) => {
      const processId = await hold(program);
      const message = refusal();
      expect(message).toContain(
        `${words} (process ${processId} on ${hostname()}, since ${new Date().getFullYear()}-`,
      );
      expect(message).toContain('--library DIR');
    },
  );

  it('can be read beside it', async () => {
    await hold('window');
    const engine = Engine.open({ libraryPath: folder, access: 'read' });
    expect((await engine.call('status', {})).photos).toBe(0);
    await engine.close();
  });

  it('is free as soon as that process is killed, whatever its note says', async () => {
    await hold('window');
    await kill();
    expect(existsSync(note())).toBe(true);
    Library.open(folder, 'write').close();
    expect(existsSync(note())).toBe(false);
  });

  it.each([
    ['missing', null],
    ['no JSON', '{'],
    ['of other types', '{"processId":"1"}'],
    ['of a process that is gone', null],
  ])('is refused without a name when the note is %s', async (kind, text) => {
    const processId = await hold('window');
    const before = readFileSync(note(), 'utf8');
    if (kind === 'missing') rmSync(note());
    else if (text === null) writeFileSync(note(), before.replace(String(processId), '999999999'));
    else writeFileSync(note(), text);
    expect(refusal()).toMatch(/is in use by another Semblance\./);
  });
});
