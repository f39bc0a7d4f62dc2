/** `npm run test:crash -- [kills] [seed]`: kills engines at random moments, and says what became of their library. */
import { type Round, CrashRounds, scenarios } from './fixtures/crash-rounds.ts';

const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1e6);
console.log(`${kills} kills by seed ${seed}; the same again: npm run test:crash -- ${kills} ${seed}`);

const startedMs = performance.now();
const rounds = await CrashRounds.begin(seed);
const done: Round[] = [];
try {
  for (let number = 0; number < kills; number++) {
    const scenario = scenarios[number % scenarios.length];
    try {
      done.push(await rounds.run(scenario));
    } catch (error) {
      console.error(`Round ${number} (${scenario}): ${String(error)}`);
      process.exitCode = 1;
      break;
    }
    if ((number + 1) % 20 === 0) console.log(`${number + 1} of ${kills}`);
  }
} finally {
  await rounds.close();
}
for (const scenario of scenarios) {
  const own = done.filter((round) => round.scenario === scenario);
  const cutShort = own.filter(({ ended }) => !ended).length;
  const tags = own.reduce((sum, round) => sum + round.tags, 0);
  console.log(
    `${scenario}: ${own.length} rounds, ${cutShort} killed at work, ${tags} tags acknowledged and kept`,
  );
}
const seconds = Math.round((performance.now() - startedMs) / 1000);
console.log(`${done.length} of ${kills} rounds right in ${seconds} s`);
