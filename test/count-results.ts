/** Sums the reports that vitest and Playwright left in test-results/ up in one line. */
import { readFileSync } from 'node:fs';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

interface PlaywrightReport {
  errors: unknown[];
  stats: { expected: number; flaky: number; unexpected: number; skipped: number };
}

/** A suite that did not get as far as its report has failed as a whole. */
const notRun: Counts = { passed: 0, failed: 1, skipped: 0 };

function read(name: string): unknown {
  try {
    return JSON.parse(readFileSync(new URL(`../test-results/${name}.json`, import.meta.url), 'utf8'));
  } catch {
    return null;
  }
}

function countVitest(name: 'vitest' | 'install'): Counts {
  const report = read(name) as VitestReport | null;
  if (!report) return notRun;
  const { success, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  // A file that cannot be loaded fails without a failed test.
  const failed = success ? numFailedTests : Math.max(1, numFailedTests);
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

function countPlaywright(): Counts {
  const report = read('playwright') as PlaywrightReport | null;
  if (!report) return notRun;
  const { expected, flaky, unexpected, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

const runs = [countVitest('vitest'), countVitest('install'), countPlaywright()];
const total = (key: keyof Counts): number => runs.reduce((sum, counts) => sum + counts[key], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
