import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashRounds, scenarios } from '../fixtures/crash-rounds.ts';

/** SIGKILLs; `npm run test:crash` makes more of them. */
const kills = 20;
const seed = Number(process.env['SEMBLANCE_CRASH_SEED'] ?? Date.now() % 1e6);

let rounds: CrashRounds;

beforeAll(async () => {
  process.stdout.write(
    `Crashes by seed ${seed}: SEMBLANCE_CRASH_SEED=${seed} npx vitest run test/integration/crash.test.ts\n`,
  );
  rounds = await CrashRounds.begin(seed);
}, 120_000);

afterAll(() => rounds.close());

describe('an engine that is killed', () => {
  it(
    `at ${kills} random moments leaves a library that is whole, has lost nothing and goes on (seed ${seed})`,
    async () => {
      let cutShort = 0;
      for (let round = 0; round < kills; round++) {
        const scenario = scenarios[round % scenarios.length];
        try {
          cutShort += Number(!(await rounds.run(scenario)).ended);
        } catch (error) {
          throw new Error(`Seed ${seed}, round ${round} (${scenario}): ${String(error)}`, { cause: error });
        }
      }
      expect(cutShort).toBeGreaterThan(kills / 4);
    },
    kills * 30_000,
  );
});
