/** Runs cases in child processes, counts what became of them, and keeps those that failed. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, ChildTask } from './fuzz-child.ts';
import { targets } from './targets/index.ts';
import type { Target } from './targets/target.ts';

export interface FuzzOptions {
  /** Of each target. */
  cases: number;
  seed: number;
  /** All by default. */
  only?: string | undefined;
  /** Number of the first case, to run one of many again. */
  first?: number;
  /** Where cases that fail are kept. */
  failures: string;
  onTarget?: (report: TargetReport) => void;
}

export interface Failure {
  target: string;
  case: number;
  why: string;
  /** The folder that holds what was tried. */
  folder: string;
}

export interface TargetReport {
  target: string;
  cases: number;
  /** How many cases came to which end. */
  outcomes: Record<string, number>;
  failures: Failure[];
  seconds: number;
}

const childFile = fileURLToPath(new URL('fuzz-child.ts', import.meta.url));
/** Loading natives and models takes a while before the first case. */
const openingMs = 120_000;
/** A target that ends its process again and again is not worth more. */
const mostFailures = 20;

export function targetNames(): string[] {
  return targets.map(({ name }) => name);
}

export async function fuzz(options: FuzzOptions): Promise<TargetReport[]> {
  const { only, onTarget } = options;
  const chosen = targets.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`There is no target ${only ?? ''}: ${targetNames().join(', ')}.`);
  const reports: TargetReport[] = [];
  for (const target of chosen) {
    const report = await fuzzTarget(target, options);
    reports.push(report);
    onTarget?.(report);
  }
  return reports;
}

async function fuzzTarget(target: Target, options: FuzzOptions): Promise<TargetReport> {
  const { cases, seed, first = 0, failures: folder } = options;
  const startedMs = performance.now();
  const report: TargetReport = { target: target.name, cases: 0, outcomes: {}, failures: [], seconds: 0 };
  const end = first + cases;
  for (let next = first; next < end && report.failures.length < mostFailures;) {
    const root = mkdtempSync(join(tmpdir(), 'semblance-fuzz-'));
    const kept = join(root, 'kept');
    const fail = (number: number, why: string): void => {
      const at = join(folder, `${target.name}-${seed}-${number}`);
      rmSync(at, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      if (existsSync(kept)) renameSync(kept, at);
      else mkdirSync(at);
      writeFileSync(join(at, 'why.txt'), `${why}\n`);
      report.failures.push({ target: target.name, case: number, why, folder: at });
      report.cases += 1;
    };
    const task = { target: target.name, seed, first: next, end, root, kept };
    next = await runChild(task, target.limitMs, {
      onEnd: (outcome) => {
        report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
        report.cases += 1;
      },
      onFailure: fail,
    });
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  report.seconds = Math.round((performance.now() - startedMs) / 1000);
  return report;
}

interface Listener {
  onEnd: (outcome: string) => void;
  onFailure: (number: number, why: string) => void;
}

/** @returns the number of the case to go on with */
function runChild(task: ChildTask, limitMs: number, { onEnd, onFailure }: Listener): Promise<number> {
  const child: ChildProcess = fork(childFile, [], {
    execArgv: ['--max-old-space-size=1500'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-2000)));
  return new Promise((resolve) => {
    let next = task.first;
    let running: number | null = null;
    let hung = false;
    let timer: NodeJS.Timeout;
    const wait = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, ms);
    };
    wait(openingMs);
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'done') {
        running = null;
        next = task.end;
        return;
      }
      wait(limitMs);
      if (message.kind === 'begin') {
        running = message.case;
        return;
      }
      running = null;
      next = message.case + 1;
      if (message.kind === 'end') onEnd(message.outcome);
      else onFailure(message.case, message.why);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const how = hung ? `no end within ${limitMs} ms` : `the process ended (${signal ?? String(code)})`;
      if (running !== null || next < task.end) {
        const number = running ?? next;
        // One that was told as failed may end its process afterwards.
        if (running !== null || next === task.first) onFailure(number, `${how}\n${errors}`);
        next = running !== null || next === task.first ? number + 1 : next;
      }
      resolve(next);
    });
    child.send(task);
  });
}
