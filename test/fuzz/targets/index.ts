/** Everything that takes something from outside. */
import { groundTruths, recipes } from './files.ts';
import { backups, indexes, libraries } from './libraries.ts';
import { ipc, socket } from './messages.ts';
import { models } from './models.ts';
import { metadata, photos } from './photos.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [
  recipes,
  groundTruths,
  metadata,
  photos,
  indexes,
  backups,
  libraries,
  ipc,
  socket,
  models,
];
