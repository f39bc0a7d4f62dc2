import { Command } from 'commander';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

export const undoCommand = new Command('undo')
  .description('take back the latest tag, rating, mark or choice; again for the one before')
  .option('--list', 'list what can be taken back and done again, the latest first', false)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async ({ library, json, list }: LibraryOptions & { list: boolean }) => {
    if (list) await listDecisions(library, json);
    else await step('undoDecision', library, json);
  });

export const redoCommand = new Command('redo')
  .description('do again what was taken back last')
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(({ library, json }: LibraryOptions) => step('redoDecision', library, json));

async function step(command: 'undoDecision' | 'redoDecision', library: string, json: boolean): Promise<void> {
  const decision = await withEngine(library, 'write', (engine) => engine.call(command, {}));
  const words = command === 'undoDecision' ? 'Taken back' : 'Done again';
  console.log(json ? JSON.stringify(decision) : `${words}: ${decision.description}`);
}

async function listDecisions(library: string, json: boolean): Promise<void> {
  const log = await withEngine(library, 'read', (engine) => engine.call('decisions', {}));
  if (json) {
    console.log(JSON.stringify(log));
    return;
  }
  for (const { decidedAtMs, description, undone } of log.decisions) {
    const when = new Date(decidedAtMs).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
    console.log(`${when}  ${description}${undone ? ' (taken back)' : ''}`);
  }
}
