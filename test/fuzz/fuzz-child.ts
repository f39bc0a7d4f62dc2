/** Runs cases of one target, and tells of each before and after it; what ends this process is a defect of the target. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dice } from './dice.ts';
import { sentinelIn } from './sentinel.ts';
import { targets } from './targets/index.ts';

export interface ChildTask {
  target: string;
  seed: number;
  /** The first case, and one more than the last. */
  first: number;
  end: number;
  /** A folder for all of it, empty. */
  root: string;
  /** Where what is tried is kept. */
  kept: string;
}

export type ChildMessage =
  | { kind: 'begin'; case: number }
  | { kind: 'end'; case: number; outcome: string }
  | { kind: 'failed'; case: number; why: string }
  | { kind: 'done' };

/** A process that takes more for small inputs takes what it is told, and not what it needs. */
const mostMegabytes = 3000;

const say = (message: ChildMessage): void => void process.send?.(message);
const inWords = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Differs with each of the three. */
function caseSeed(seed: number, target: string, number: number): number {
  let mixed = seed;
  for (const code of `${target} ${number}`) mixed = Math.imul(mixed ^ (code.codePointAt(0) ?? 0), 0x01000193);
  return mixed;
}

async function run(task: ChildTask): Promise<void> {
  const target = targets.find(({ name }) => name === task.target);
  if (!target) throw new Error(`There is no target ${task.target}.`);
  const sentinel = sentinelIn(mkdirAt(join(task.root, 'outside')));
  const work = mkdirAt(join(task.root, 'work'));
  process.env['SEMBLANCE_MODELS'] = mkdirAt(join(task.root, 'models'));
  let current = task.first;
  const loose: string[] = [];
  process.on('unhandledRejection', (error) => loose.push(`unhandled rejection: ${inWords(error)}`));
  process.on('uncaughtException', (error) => loose.push(`uncaught exception: ${inWords(error)}`));
  const session = await target.open({ work, outside: sentinel.file });
  for (; current < task.end; current++) {
    const number = current;
    say({ kind: 'begin', case: number });
    const folder = mkdirAt(join(work, `case-${number}`));
    rmSync(task.kept, { recursive: true, force: true });
    const keep = (name: string, bytes: Uint8Array | string): void => {
      mkdirSync(task.kept, { recursive: true });
      writeFileSync(join(task.kept, name), bytes);
    };
    let outcome = '';
    try {
      outcome = await session.attempt({
        dice: new Dice(caseSeed(task.seed, target.name, number)),
        folder,
        keep,
      });
    } catch (error) {
      loose.push(inWords(error));
    }
    // What was left to itself is heard of once the event loop has gone round.
    await new Promise((resolve) => setImmediate(resolve));
    const touched = sentinel.change();
    if (touched !== null) loose.push(`a file outside was touched: ${touched}`);
    const megabytes = process.memoryUsage().rss / 1e6;
    if (megabytes > mostMegabytes) loose.push(`takes ${Math.round(megabytes)} MB`);
    rmSync(folder, { recursive: true, force: true });
    const why = loose.splice(0).at(0);
    say(why === undefined ? { kind: 'end', case: number, outcome } : { kind: 'failed', case: number, why });
    // Whoever takes so much goes on with a process of its own.
    if (megabytes > mostMegabytes) process.exit(1);
  }
  await session.close();
}

function mkdirAt(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

process.on('disconnect', () => process.exit(1));
process.once('message', (task: ChildTask) => {
  run(task).then(
    () => process.send?.({ kind: 'done' } satisfies ChildMessage, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(inWords(error));
      process.exit(1);
    },
  );
});
