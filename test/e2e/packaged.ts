/** The app's folder as electron-builder makes it, and a copy with its fuses set. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setFuses } from '../../resources/packaging/fuses.ts';

const root = resolve(import.meta.dirname, '../..');
const output = join(root, 'test-results/package');

function appIn(folder: string): { folder: string; binary: string; resources: string } {
  return { folder, binary: join(folder, 'semblance'), resources: join(folder, 'resources') };
}

/** With the fuses as Electron comes: Playwright can start no other. */
export const packagedApp = appIn(join(output, 'linux-unpacked'));
/** As people get it. */
export const fusedApp = appIn(join(output, 'linux-fused'));

/**
 * Packages what is built in out/.
 * @returns what was printed
 * @throws with what was printed when it failed
 */
export function makePackage(): Promise<string> {
  return runPackaging(['--target', 'dir', '--unfused']);
}

/** Makes a deb of the package, by a stand-in for fpm; returns its path. */
export async function makeDeb(): Promise<string> {
  await runPackaging(['--target', 'deb', '--prepackaged', packagedApp.folder], {
    CUSTOM_FPM_PATH: join(root, 'test/standin/fpm.ts'),
  });
  const deb = readdirSync(output).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error(`${output} has no deb`);
  return join(output, deb);
}

async function runPackaging(args: string[], variables: Record<string, string> = {}): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(root, 'resources/packaging/package.ts'), '--output', output, ...args],
    { cwd: root, env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const code = await new Promise((ended) => child.once('close', ended));
  if (code !== 0) throw new Error(text);
  return text;
}

/** Sets the fuses in a copy that shares all files but the program with the package; returns those that it has. */
export async function makeFusedCopy(): Promise<string[]> {
  rmSync(fusedApp.folder, { recursive: true, force: true });
  const { status } = spawnSync('cp', ['-al', packagedApp.folder, fusedApp.folder], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${packagedApp.folder} could not be copied`);
  rmSync(fusedApp.binary);
  cpSync(packagedApp.binary, fusedApp.binary);
  return setFuses(fusedApp.binary, { platform: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' });
}
