/**
 * What was found out about this machine's devices. Whoever opens a second library does not wait for that again, and neither do
 * stories after the first; those of a first start find it out by themselves.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const fileName = 'devices.json';
export const sharedDevices = resolve(import.meta.dirname, '../../test-results', fileName);

/** @param folder what a program keeps for all libraries */
export function lendDevices(folder: string): void {
  if (!existsSync(sharedDevices)) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(sharedDevices, join(folder, fileName));
}

/** The first that is found is kept: later stories end programs on purpose. */
export function keepDevices(folder: string): void {
  const found = join(folder, fileName);
  if (existsSync(found) && !existsSync(sharedDevices)) copyFileSync(found, sharedDevices);
}
