import { describe, expect, it } from 'vitest';
import { fusesFor } from '../../../resources/packaging/fuses.ts';
import { targets } from '../../../resources/packaging/target.ts';

describe.each(targets)('the fuses of a package for $platform-$arch', (target) => {
  const fuses = fusesFor(target);

  it('are off where they would turn the app into something else', () => {
    expect(fuses).toMatchObject({
      RunAsNode: false,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      GrantFileProtocolExtraPrivileges: false,
    });
  });

  it('let nothing be loaded but the archive, and have it checked where the system can', () => {
    expect(fuses.OnlyLoadAppFromAsar).toBe(true);
    expect(fuses.EnableEmbeddedAsarIntegrityValidation).toBe(target.platform !== 'linux');
  });
});
