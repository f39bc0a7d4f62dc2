#!/usr/bin/env node
/**
 * `semblance`, as npm installs it: runs the command line on the Node that was installed with it, whatever Node the
 * machine has. better-sqlite3 ends the process of a Node that is too old, so nothing native is loaded before.
 */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sibling } from '../contract/index.ts';
import { installedNode } from '../engine/engine-node.ts';

/** Of Node-API, which better-sqlite3 asks for; Node has had it since 22.14. */
const leastNodeApi = 10;

const node = installedNode();
if (node !== null && realpathSync(node) !== realpathSync(process.execPath)) runOn(node);
else if (Number(process.versions.napi) >= leastNodeApi) void import('./semblance.ts');
else refuse();

function runOn(node: string): void {
  const program = fileURLToPath(sibling(import.meta.url, 'semblance'));
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Ctrl-C reaches both, and a second one would end the child before it has put everything away.
      if (signal !== 'SIGINT' || !isAtTerminal()) child.kill(signal);
    });
  }
  child.on('error', ({ message }) => {
    console.error(`semblance: ${node} cannot be started: ${message}. Install Semblance again.`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function isAtTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}

function refuse(): void {
  console.error(
    `semblance: It needs Node 24, this is ${process.versions.node}, and the Node that comes with it for ` +
      `${process.platform} ${process.arch} was not installed. Install Semblance again with its optional packages ` +
      '(npm install --include=optional), or run it with Node 24.',
  );
  process.exitCode = 1;
}
