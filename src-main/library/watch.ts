/** Hears of changes below a folder from the system, through @parcel/watcher. */
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import type { AsyncSubscription, Event, subscribe } from '@parcel/watcher';
import { messageOf, SemblanceError } from '../contract/index.ts';

interface Watcher {
  subscribe: typeof subscribe;
}

export interface Change {
  /** Relative to the folder, '/' between names; '' for the folder itself. */
  path: string;
  kind: Event['type'];
}

export interface FolderWatch {
  close(): Promise<void>;
}

export interface WatchOptions {
  /** Absolute paths below which nothing is of interest. */
  ignore: readonly string[];
  onChanges: (changes: Change[]) => void;
  /** Told when the system tells no more, and changes may have been missed. */
  onLost: (reason: string) => void;
}

let loaded: Watcher | null = null;

/**
 * Begins to watch a folder with all that lies below it. Links are not followed.
 * @throws SemblanceError `not-available`, whose message says why in words that fit after 'because'
 */
export async function watchFolder(path: string, options: WatchOptions): Promise<FolderWatch> {
  const { ignore, onChanges, onLost } = options;
  let subscription: AsyncSubscription;
  try {
    loaded ??= createRequire(import.meta.url)('@parcel/watcher') as Watcher;
    subscription = await loaded.subscribe(
      path,
      (error, events) => {
        if (error) onLost(reasonOf(error));
        else onChanges(events.map((event) => ({ path: inside(path, event.path), kind: event.type })));
      },
      { ignore: [...ignore] },
    );
  } catch (error) {
    throw new SemblanceError('not-available', reasonOf(error), { cause: error });
  }
  return { close: () => subscription.unsubscribe() };
}

function inside(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (/no space left on device|ENOSPC/i.test(message)) {
    return 'the system watches no more folders (raise fs.inotify.max_user_watches)';
  }
  const [line] = message.split('\n');
  return `the watcher cannot be used (${line})`;
}
