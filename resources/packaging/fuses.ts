/** Switches inside Electron's binary, set once when it is packaged. */
import {
  flipFuses,
  type FuseConfig,
  FuseState,
  FuseV1Options,
  FuseVersion,
  getCurrentFuseWire,
} from '@electron/fuses';
import type { Target } from './target.ts';

export type FuseName = keyof typeof FuseV1Options;

const fuseNames = Object.keys(fusesFor({ platform: 'linux', arch: 'x64' })) as FuseName[];

/**
 * How each switch is to stand on a platform. All that @electron/fuses knows are named, so that a new one fails the
 * types until somebody has judged it.
 */
export function fusesFor({ platform }: Target): Record<FuseName, boolean> {
  return {
    // The engine is a Node of its own: nobody has to turn Electron into one.
    RunAsNode: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    // No page is loaded from file://.
    GrantFileProtocolExtraPrivileges: false,
    OnlyLoadAppFromAsar: true,
    // Linux has nothing that the check could be held against.
    EnableEmbeddedAsarIntegrityValidation: platform !== 'linux',
    // Semblance keeps no cookie, and this would ask for the key ring at every start.
    EnableCookieEncryption: false,
    // One snapshot is shipped, for all processes.
    LoadBrowserProcessSpecificV8Snapshot: false,
    // Electron's default: WebAssembly is checked by the processor, where it can.
    WasmTrapHandlers: true,
  };
}

/**
 * Sets all fuses that a binary has. An older Electron has fewer; @electron/fuses refuses what it does not have.
 * @param binary of Electron, or the app's bundle on a Mac
 * @returns those that it has
 */
export async function setFuses(binary: string, target: Target): Promise<FuseName[]> {
  const states = await readFuses(binary);
  const known = fuseNames.filter((name) => name in states);
  const wanted = fusesFor(target);
  const config: FuseConfig = { version: FuseVersion.V1 };
  for (const name of known) config[FuseV1Options[name]] = wanted[name];
  await flipFuses(binary, config);
  return known;
}

/** The fuses that a binary has, as they stand. */
export async function readFuses(binary: string): Promise<Partial<Record<FuseName, boolean>>> {
  const wire = await getCurrentFuseWire(binary);
  const states: Partial<Record<FuseName, boolean>> = {};
  for (const name of fuseNames) {
    const state = wire[FuseV1Options[name]];
    if (state !== undefined) states[name] = state === FuseState.ENABLE;
  }
  return states;
}
