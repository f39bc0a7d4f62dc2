/**
 * Runs the user stories, and has strace write down every connection that any process of theirs asks for, where it can;
 * loopback.last.e2e.ts looks at them in the end. Arguments go to Playwright.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { watchedCalls } from './connections.ts';
import { sharedDevices } from './devices.ts';

const root = resolve(import.meta.dirname, '../..');
const log = join(root, 'test-results/connections.log');
const playwright = [process.execPath, join(root, 'node_modules/@playwright/test/cli.js'), 'test'];

/** Only the watched calls stop a program, so that the stories take as long as ever. */
const strace = (file: string): string[] => [
  ...['strace', '--follow-forks', '--seccomp-bpf', '--decode-pids=comm', '--string-limit=0', '--quiet=all'],
  ...['--signal=none', `--trace=${watchedCalls.join(',')}`, `--output=${file}`],
];

/** Why nobody can watch here, or null. */
function obstacle(): string | null {
  if (process.platform !== 'linux') return 'strace is for Linux only';
  // Under strace the kernel grants no setuid, which Chromium's sandbox may need for everybody else.
  if (process.getuid?.() !== 0) return 'only root can start Chromium under strace on every machine';
  const [program, ...args] = strace('/dev/null');
  const { error, status, stderr } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' });
  if (error) return 'no strace: apt-get install strace';
  return status === 0 ? null : `strace cannot watch here: ${stderr.trim()}`;
}

const unwatched = obstacle();
mkdirSync(join(root, 'test-results'), { recursive: true });
rmSync(sharedDevices, { force: true });
const [program, ...args] = [
  ...(unwatched === null ? strace(log) : []),
  ...playwright,
  ...process.argv.slice(2),
];
const run = spawn(program, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(unwatched === null ? { SEMBLANCE_CONNECTIONS: log } : { SEMBLANCE_UNWATCHED: unwatched }),
  },
});
// An interruption from the terminal reaches them as well, and they say what became of the stories.
process.on('SIGINT', () => undefined);
run.on('error', () => (process.exitCode = 1));
run.on('exit', (code) => (process.exitCode = code ?? 1));
