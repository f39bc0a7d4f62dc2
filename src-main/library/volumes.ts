/** The file systems that are mounted, and what each is known by wherever it is mounted. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { mountsOfLinux, volumeIdOfMac } from './mount-tables.ts';

export interface Mount {
  /** Absolute path of where it is mounted. */
  mountPoint: string;
  /** What is mounted there of the file system; '/' for all of it. */
  root: string;
  /** Stays the same under another mount point or letter. */
  volume: string;
  /**
   * Whether no other file system can have the same `volume`: it is a UUID, a serial number or a server's address and not
   * only the name of a device.
   */
  isSure: boolean;
  /** Whether changes may be made that this machine does not hear of. */
  isRemote: boolean;
}

export type VolumeTable = () => Mount[];

const tableSchema = v.array(
  v.strictObject({
    mountPoint: v.string(),
    root: v.string(),
    volume: v.pipe(v.string(), v.minLength(1)),
    isSure: v.boolean(),
    isRemote: v.boolean(),
  }),
);

/**
 * The system's table, or that of the JSON file that SEMBLANCE_VOLUMES names, where there is one. It is for tests: drives
 * cannot be plugged in by a program.
 */
export const systemVolumes: VolumeTable = () => {
  const file = process.env['SEMBLANCE_VOLUMES'];
  if (file && existsSync(file)) return v.parse(tableSchema, JSON.parse(readFileSync(file, 'utf8')));
  if (process.platform === 'linux') return linuxVolumes();
  if (process.platform === 'darwin') return macVolumes();
  return process.platform === 'win32' ? windowsVolumes() : [];
};

/** A place in a file system, wherever that is mounted. */
export interface VolumePlace {
  mount: Mount;
  /** Absolute, '/' between names. */
  pathOnVolume: string;
}

/** Where an absolute real path lies; null where the table does not tell. */
export function placeOf(path: string, mounts: readonly Mount[]): VolumePlace | null {
  let best: Mount | null = null;
  // Of two on one mount point, the later one hides the other.
  for (const mount of mounts) {
    if (isBelow(path, mount.mountPoint) && (!best || mount.mountPoint.length >= best.mountPoint.length)) {
      best = mount;
    }
  }
  if (!best) return null;
  const inside = relative(best.mountPoint, path).split(sep).join('/');
  return { mount: best, pathOnVolume: posix.join('/', best.root, inside) };
}

/** Where a place in a file system would be under a mount; null where that part of it is not mounted there. */
export function pathUnder(mount: Mount, pathOnVolume: string): string | null {
  const inside = posix.relative(mount.root, pathOnVolume);
  if (inside === '..' || inside.startsWith('../')) return null;
  return resolve(mount.mountPoint, ...inside.split('/').filter(Boolean));
}

function isBelow(path: string, mountPoint: string): boolean {
  const fold = (text: string): string => (process.platform === 'win32' ? text.toLowerCase() : text);
  const top = fold(mountPoint);
  return fold(path) === top || fold(path).startsWith(top.endsWith(sep) ? top : top + sep);
}

function linuxVolumes(): Mount[] {
  try {
    return mountsOfLinux(readFileSync('/proc/self/mountinfo', 'utf8'), linuxUuid());
  } catch {
    return [];
  }
}

/** Tells the UUID of a file system by its device, from udev's links or from its database. */
function linuxUuid(): (device: string, number: string) => string | null {
  const byUuid = '/dev/disk/by-uuid';
  const known = new Map<string, string>();
  if (existsSync(byUuid)) {
    for (const uuid of readdirSync(byUuid)) known.set(realpathSync(`${byUuid}/${uuid}`), uuid);
  }
  return (device, number) => {
    const linked = known.get(device) ?? (existsSync(device) ? known.get(realpathSync(device)) : undefined);
    if (linked !== undefined) return linked;
    const entry = `/run/udev/data/b${number}`;
    const found = existsSync(entry) && /^E:ID_FS_UUID=(.+)$/m.exec(readFileSync(entry, 'utf8'));
    return found ? found[1] : null;
  };
}

/** Asking for a volume takes a process of its own; what it said holds as long as the volume has the same device number. */
const macAnswers = new Map<string, string | null>();

function macVolumes(): Mount[] {
  const places = [
    '/',
    ...(existsSync('/Volumes') ? readdirSync('/Volumes').map((name) => `/Volumes/${name}`) : []),
  ];
  return places.flatMap((mountPoint) => {
    try {
      const key = `${mountPoint} ${statSync(mountPoint).dev}`;
      let id = macAnswers.get(key);
      if (id === undefined) {
        const answer = execFileSync('/usr/sbin/diskutil', ['info', '-plist', mountPoint], {
          encoding: 'utf8',
          timeout: 5000,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        id = volumeIdOfMac(answer);
        macAnswers.set(key, id);
      }
      if (id === null) return [];
      return [{ mountPoint, root: '/', volume: id, isSure: true, isRemote: false }];
    } catch {
      return [];
    }
  });
}

/** On Windows the device number of a file is the serial number of its volume. */
function windowsVolumes(): Mount[] {
  return Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').flatMap((letter) => {
    const mountPoint = `${letter}:\\`;
    try {
      const { dev } = statSync(mountPoint, { bigint: true });
      const volume = `serial:${dev.toString(16)}`;
      return [{ mountPoint, root: '/', volume, isSure: true, isRemote: false }];
    } catch {
      return [];
    }
  });
}
