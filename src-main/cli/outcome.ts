/** What a decision came to, on a terminal. */
import type { DecisionOutcome } from '../contract/index.ts';

export function printOutcome(outcome: DecisionOutcome, json: boolean): void {
  if (json) console.log(JSON.stringify(outcome));
  else if (outcome.decision) console.log(`${outcome.decision.description}. To take it back: semblance undo`);
  else console.log('Nothing changed: it was so already.');
}
