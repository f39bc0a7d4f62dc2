/** The kinds of machine that packages are made for. */
import { nodePackages } from '../../src-main/engine/engine-node.ts';

/** For what a package is made. */
export interface Target {
  /** As in `process.platform`. */
  platform: 'linux' | 'darwin' | 'win32';
  /** As in `process.arch`. */
  arch: 'x64' | 'arm64';
}

/** What is packaged and run by people; each is packaged on a machine of its own kind, since npm installs that one's parts. */
export const targets: readonly Target[] = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'darwin', arch: 'arm64' },
];

/**
 * The npm package that carries Node for a target.
 * @throws where npm has none
 */
export function nodePackage({ platform, arch }: Target): string {
  const name = nodePackages[`${platform}-${arch}`];
  if (name === undefined) throw new Error(`npm has no Node for ${platform}-${arch}.`);
  return name;
}

export function nodeFile({ platform }: Target): string {
  return platform === 'win32' ? 'node.exe' : 'node';
}
