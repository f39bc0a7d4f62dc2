/** Says at the end of a run why stories were skipped, and what would enable them: the list alone does not. */
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class SkipReporter implements Reporter {
  readonly #reasons = new Map<string, number>();

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status !== 'skipped') return;
    const reason = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given';
    const where = test.parent.project()?.name ?? '';
    const key = `${where}: ${reason}`;
    this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + 1);
  }

  onEnd(): void {
    for (const [reason, count] of this.#reasons) {
      process.stdout.write(`  ${count} skipped in ${reason}\n`);
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}
