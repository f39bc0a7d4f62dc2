/**
 * `npm run test:fuzz -- [CASES] [--seed N] [--only TARGET] [--first N] [--minutes N]`: tries changed inputs of all that
 * comes from outside, so many of each target, and says what became of them.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz, type TargetReport, targetNames } from './fuzz/fuzz-runs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    first: { type: 'string', default: '0' },
    minutes: { type: 'string' },
  },
});
const cases = Number(positionals.at(0) ?? 100);
const seed = Number(values.seed ?? Date.now() % 1e6);
const failures = join('test-results', 'fuzz');
console.log(`${cases} cases each of ${values.only ?? targetNames().join(', ')} by seed ${seed}`);

function tell({ target, cases: done, outcomes, failures: failed, seconds }: TargetReport): void {
  const ends = Object.entries(outcomes).sort((a, b) => b[1] - a[1]);
  console.log(
    `${target}: ${done} cases in ${seconds} s: ${ends.map(([end, count]) => `${count} ${end}`).join(', ')}`,
  );
  for (const { case: number, why, folder } of failed) {
    process.exitCode = 1;
    console.log(`  case ${number} failed: ${why.trim().split('\n').slice(0, 6).join('\n    ')}`);
    console.log(
      `    kept in ${folder}; again: npm run test:fuzz -- 1 --only ${target} --seed ${seed} --first ${number}`,
    );
  }
}

const first = Number(values.first);
const endMs = values.minutes === undefined ? 0 : performance.now() + 60_000 * Number(values.minutes);
// Where a time is given, rounds of so many cases follow each other until it is over.
for (let round = 0; ; round++) {
  await fuzz({ cases, seed, only: values.only, first: first + round * cases, failures, onTarget: tell });
  if (performance.now() >= endMs) break;
}
