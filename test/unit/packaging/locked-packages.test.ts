import { describe, expect, it } from 'vitest';
import { packagesFor, parseLockfile } from '../../../resources/packaging/locked-packages.ts';

const linux = { platform: 'linux', arch: 'x64' } as const;
const windows = { platform: 'win32', arch: 'x64' } as const;

const lockfile = parseLockfile(
  JSON.stringify({
    packages: {
      '': { dependencies: { decoder: '1.0.0' } },
      'node_modules/decoder': {
        dependencies: { helper: '^1.0.0', compiler: '^1.0.0' },
        optionalDependencies: {
          'decoder-linux': '1.0.0',
          'decoder-musl': '1.0.0',
          'decoder-windows': '1.0.0',
        },
      },
      'node_modules/decoder-linux': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
      'node_modules/decoder-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
      'node_modules/decoder-windows': { os: 'win32', cpu: 'x64' },
      'node_modules/helper': { dependencies: { shared: '^2.0.0' } },
      'node_modules/helper/node_modules/shared': {},
      'node_modules/shared': {},
      'node_modules/compiler': {},
      'node_modules/not-for-linux': { os: ['!linux'] },
    },
  }),
);
const everythingButTheCompiler = (_folder: string, dependency: string): boolean => dependency !== 'compiler';

describe('the packages that a target is shipped with', () => {
  it('are those that code names, each as Node finds it, and the parts for that platform', () => {
    expect(packagesFor(lockfile, ['decoder'], linux, everythingButTheCompiler)).toEqual([
      'node_modules/decoder',
      'node_modules/decoder-linux',
      'node_modules/helper',
      'node_modules/helper/node_modules/shared',
    ]);
    expect(packagesFor(lockfile, ['decoder'], windows, everythingButTheCompiler)).toContain(
      'node_modules/decoder-windows',
    );
  });

  it('leave out what its lock forbids on the platform', () => {
    expect(packagesFor(lockfile, ['not-for-linux'], linux, () => true)).toEqual([]);
    expect(packagesFor(lockfile, ['not-for-linux'], windows, () => true)).toHaveLength(1);
  });

  it('are all in the lockfile, or nothing is packaged', () => {
    expect(() => packagesFor(lockfile, ['unheard-of'], linux, () => true)).toThrow(/not in the lockfile/);
  });
});
