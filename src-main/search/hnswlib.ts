/** hnswlib-node is optional: it has to be compiled where it is installed, and not every machine can. */
import { createRequire } from 'node:module';
import type { HierarchicalNSW } from 'hnswlib-node';
import { messageOf } from '../contract/index.ts';

type Library = { HierarchicalNSW: typeof HierarchicalNSW };

let loaded: { library: Library | null; reason: string | null } | null = null;

/** The native library, or the reason why it cannot be had. Never throws. */
export function hnswlib(): { library: Library | null; reason: string | null } {
  loaded ??= load();
  return loaded;
}

function load(): { library: Library | null; reason: string | null } {
  try {
    return { library: createRequire(import.meta.url)('hnswlib-node') as Library, reason: null };
  } catch (error) {
    const [line] = messageOf(error).split('\n');
    return {
      library: null,
      reason: `hnswlib-node could not be loaded (${line}). Install a C++ compiler, make and Python, then install Semblance again.`,
    };
  }
}
