import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mountsOfLinux, volumeIdOfMac } from '../../../src-main/library/mount-tables.ts';
import { type Mount, pathUnder, placeOf } from '../../../src-main/library/volumes.ts';

const table = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/nvme0n1p2 rw,discard
40 27 8:17 / /media/me/My\\040Photos rw,nosuid shared:55 master:2 - vfat /dev/sdb1 rw,fmask=0022
41 27 0:50 / /mnt/nas rw,relatime shared:60 - nfs4 nas.local:/volume1/photo rw,vers=4.1
42 27 0:51 / /mnt/share rw - cifs //server/photos rw
43 27 8:33 /pictures /srv/pictures rw - btrfs /dev/sdc1 rw,subvol=/pictures
44 27 0:60 / /data rw - zfs tank/data rw,xattr
45 27 8:49 / /mnt/odd rw - ext4 /dev/sdd1 rw
`;
const uuids: Record<string, string> = { '254:0': 'aaaa', '8:17': '1234-ABCD', '8:33': 'cccc' };
const mounts = mountsOfLinux(table, (_, number) => uuids[number] ?? null);
const at = (mountPoint: string): Mount | undefined => mounts.find((mount) => mount.mountPoint === mountPoint);

describe('the mounts of Linux', () => {
  it('are known by UUID, by a server’s address, or only by a device’s name', () => {
    expect(at('/media/me/My Photos')).toMatchObject({
      volume: 'uuid:1234-ABCD',
      isSure: true,
      isRemote: false,
    });
    expect(at('/mnt/nas')).toMatchObject({
      volume: 'nfs4:nas.local:/volume1/photo',
      isSure: true,
      isRemote: true,
    });
    expect(at('/mnt/share')).toMatchObject({ volume: 'cifs://server/photos', isSure: true, isRemote: true });
    expect(at('/data')).toMatchObject({ volume: 'zfs:tank/data', isSure: true });
    expect(at('/mnt/odd')).toMatchObject({ volume: 'ext4:/dev/sdd1', isSure: false });
    expect(at('/srv/pictures')?.root).toBe('/pictures');
    expect(at('/proc')).toBeUndefined();
  });

  it('say what they are about a line that is none', () => {
    expect(mountsOfLinux('\nnonsense\n', () => null)).toEqual([]);
  });
});

describe('a place on a volume', () => {
  it.skipIf(sep !== '/')(
    'is that of the innermost mount, and is found under another one (skipped on Windows)',
    () => {
      const place = placeOf('/media/me/My Photos/2020/trip', mounts);
      expect(place?.mount.volume).toBe('uuid:1234-ABCD');
      expect(place?.pathOnVolume).toBe('/2020/trip');
      const elsewhere: Mount = { ...place!.mount, mountPoint: '/mnt/stick' };
      expect(pathUnder(elsewhere, '/2020/trip')).toBe('/mnt/stick/2020/trip');
      expect(placeOf('/mediated', mounts)?.mount.mountPoint).toBe('/');
    },
  );

  it.skipIf(sep !== '/')(
    'counts from the top of the file system, where only a part of it is mounted (skipped on Windows)',
    () => {
      const place = placeOf('/srv/pictures/a', mounts);
      expect(place?.pathOnVolume).toBe('/pictures/a');
      const whole: Mount = { ...place!.mount, mountPoint: '/mnt/disk', root: '/' };
      expect(pathUnder(whole, '/pictures/a')).toBe('/mnt/disk/pictures/a');
      expect(pathUnder({ ...whole, root: '/pictures' }, '/other/a')).toBeNull();
    },
  );

  it.skipIf(sep !== '/')('is on the later of two mounts of one place (skipped on Windows)', () => {
    const over: Mount = {
      mountPoint: '/data',
      root: '/',
      volume: 'uuid:over',
      isSure: true,
      isRemote: false,
    };
    expect(placeOf('/data/x', [...mounts, over])?.mount.volume).toBe('uuid:over');
  });

  it('is nowhere where no table tells', () => {
    expect(placeOf('/somewhere', [])).toBeNull();
  });
});

describe('what macOS tells of a volume', () => {
  it('names its UUID, or none', () => {
    const plist =
      '<dict><key>VolumeName</key><string>USB</string>\n<key>VolumeUUID</key>\n\t<string>0A81-12</string></dict>';
    expect(volumeIdOfMac(plist)).toBe('uuid:0A81-12');
    expect(volumeIdOfMac('<dict/>')).toBeNull();
  });
});
