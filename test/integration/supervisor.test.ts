import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../../src-main/contract/index.ts';
import { type Log, silentLog } from '../../src-main/engine/log.ts';
import { EngineSupervisor } from '../../src-main/engine/supervisor.ts';

const entry = fileURLToPath(new URL('../fixtures/small-engine.ts', import.meta.url));
let running: EngineSupervisor | null = null;

function supervise(
  behaviour = 'answers',
  log: Log = silentLog,
): { supervisor: EngineSupervisor; events: EngineEvent[] } {
  const supervisor = new EngineSupervisor({
    entry,
    node: process.execPath,
    libraryPath: behaviour,
    program: 'window',
    log,
  });
  const events: EngineEvent[] = [];
  supervisor.subscribe((event) => events.push(event));
  running = supervisor;
  return { supervisor, events };
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

function kill(supervisor: EngineSupervisor): number {
  const processId = supervisor.processId() ?? 0;
  expect(processId).toBeGreaterThan(0);
  process.kill(processId, 'SIGKILL');
  return processId;
}

afterEach(async () => {
  await running?.close();
  running = null;
});

describe('the supervisor of the engine', () => {
  it('answers calls that were made before the engine was there', async () => {
    const { supervisor } = supervise();
    const early = supervisor.call('status', {});
    supervisor.start();
    expect(supervisor.state).toBe('starting');
    expect((await early).version).toBe(String(supervisor.processId()));
    expect(supervisor.state).toBe('ready');
  });

  it('logs that the engine was lost and by what, and that it starts again, but not that it was closed', async () => {
    const told: unknown[] = [];
    const tell = (event: string, fields?: unknown): void => void told.push({ event, fields });
    const { supervisor } = supervise('answers', { ...silentLog, info: tell, warn: tell });
    supervisor.start();
    await supervisor.call('status', {});
    kill(supervisor);
    await vi.waitFor(() => expect(told).toHaveLength(2), 10_000);
    await supervisor.call('status', {});
    await supervisor.close();
    expect(told).toEqual([
      {
        event: 'engine-lost',
        fields: { exitCode: null, signal: 'SIGKILL', livedSeconds: expect.any(Number) as number },
      },
      { event: 'engine-restarts', fields: { afterMs: expect.any(Number) as number } },
    ]);
  });

  it('passes on the errors and the events of the engine', async () => {
    const { supervisor, events } = supervise();
    supervisor.start();
    await expect(supervisor.call('addFolder', { path: '/nowhere' })).rejects.toMatchObject({
      code: 'no-such-folder',
      message: 'No /nowhere.',
    });
    expect(events).toEqual([
      { event: 'engineState', data: { state: 'ready' } },
      { event: 'libraryChanged', data: { photos: 1, folders: 2 } },
    ]);
  });

  it('starts a killed engine again within two seconds, and tells what was lost', async () => {
    const { supervisor, events } = supervise();
    supervisor.start();
    await supervisor.call('status', {});
    const open = supervisor.call('jobs', {});
    const killed = kill(supervisor);
    const killedAtMs = Date.now();
    await expect(open).rejects.toMatchObject({ code: 'engine-lost', retryable: true });
    expect(supervisor.state).toBe('lost');
    expect((await supervisor.call('status', {})).version).not.toBe(String(killed));
    expect(Date.now() - killedAtMs).toBeLessThan(2000);
    const states = events.flatMap((event) => (event.event === 'engineState' ? [event.data.state] : []));
    expect(states).toEqual(['ready', 'lost', 'ready']);
  });

  it('refuses calls, without waiting for ever, while the engine cannot start', async () => {
    const { supervisor } = supervise('never-starts');
    supervisor.start();
    await expect(supervisor.call('status', {})).rejects.toMatchObject({ code: 'engine-lost' });
    expect(supervisor.state).toBe('lost');
  });

  it('refuses calls while its Node is missing', async () => {
    const supervisor = new EngineSupervisor({
      entry,
      node: '/nowhere/node',
      libraryPath: 'answers',
      program: 'window',
    });
    running = supervisor;
    supervisor.start();
    await expect(supervisor.call('status', {})).rejects.toMatchObject({ code: 'engine-lost' });
  });

  it('leaves no process behind when it is closed, and takes no more calls', async () => {
    const { supervisor } = supervise();
    supervisor.start();
    await supervisor.call('status', {});
    const processId = supervisor.processId() ?? 0;
    const open = supervisor.call('jobs', {});
    const refused = expect(open).rejects.toMatchObject({ code: 'engine-lost' });
    await supervisor.close();
    await refused;
    await vi.waitFor(() => expect(isAlive(processId)).toBe(false));
    await expect(supervisor.call('status', {})).rejects.toMatchObject({ code: 'engine-lost' });
  });

  it('does not start the engine again once it is closed', async () => {
    const { supervisor } = supervise();
    supervisor.start();
    await supervisor.call('status', {});
    kill(supervisor);
    await supervisor.close();
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(supervisor.processId()).toBeUndefined();
  });
});
