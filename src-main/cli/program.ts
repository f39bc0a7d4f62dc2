/** Every command of `semblance`. */
import { Command, Option } from 'commander';
import { version } from '../engine/index.ts';
import { logLevels } from '../engine/log.ts';
import { binCommand } from './commands/bin.ts';
import { descriptorCommand } from './commands/descriptor.ts';
import { diagnosticsCommand } from './commands/diagnostics.ts';
import { doctorCommand } from './commands/doctor.ts';
import { duplicatesCommand } from './commands/duplicates.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { foldersCommand } from './commands/folders.ts';
import { indexCommand } from './commands/index-folders.ts';
import { keepCommand } from './commands/keep.ts';
import { libraryCommand } from './commands/library.ts';
import { mapCommand } from './commands/map.ts';
import { modelsCommand } from './commands/models.ts';
import { exportCommand, importCommand } from './commands/move.ts';
import { openCommand } from './commands/open.ts';
import { profilesCommand } from './commands/profiles.ts';
import { rateCommand } from './commands/rate.ts';
import { recipeCommand } from './commands/recipe.ts';
import { removeCommand } from './commands/remove.ts';
import { retuneCommand } from './commands/retune.ts';
import { savedCommand } from './commands/saved.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { settingsCommand } from './commands/settings.ts';
import { statusCommand } from './commands/status.ts';
import { tagCommand } from './commands/tag.ts';
import { tuneCommand } from './commands/tune.ts';
import { redoCommand, undoCommand } from './commands/undo.ts';
import { updatesCommand } from './commands/updates.ts';
import { verifyReferenceCommand } from './commands/verify-reference.ts';
import { windowCommand } from './commands/window.ts';

export const program = new Command('semblance')
  .description('Finds photos by example, on your own machine.')
  .version(version)
  .addOption(
    new Option(
      '--log-level <level>',
      'what is logged in the folder logs of the library; debug names photos and paths',
    )
      .choices(logLevels)
      .env('SEMBLANCE_LOG')
      .default('info'),
  )
  .hook('preAction', (all) => {
    // The window, the server's engine and others that are started inherit it.
    process.env['SEMBLANCE_LOG'] = all.opts<{ logLevel: string }>().logLevel;
  })
  .addCommand(windowCommand, { isDefault: true })
  .addCommand(indexCommand)
  .addCommand(foldersCommand)
  .addCommand(searchCommand)
  .addCommand(savedCommand)
  .addCommand(duplicatesCommand)
  .addCommand(keepCommand)
  .addCommand(binCommand)
  .addCommand(explainCommand)
  .addCommand(tagCommand)
  .addCommand(rateCommand)
  .addCommand(undoCommand)
  .addCommand(redoCommand)
  .addCommand(evaluateCommand)
  .addCommand(descriptorCommand)
  .addCommand(statusCommand)
  .addCommand(doctorCommand)
  .addCommand(diagnosticsCommand)
  .addCommand(updatesCommand)
  .addCommand(modelsCommand)
  .addCommand(profilesCommand)
  .addCommand(retuneCommand)
  .addCommand(recipeCommand)
  .addCommand(tuneCommand)
  .addCommand(mapCommand)
  .addCommand(removeCommand)
  .addCommand(libraryCommand)
  .addCommand(exportCommand)
  .addCommand(importCommand)
  .addCommand(settingsCommand)
  .addCommand(serveCommand)
  .addCommand(openCommand)
  .addCommand(verifyReferenceCommand);
