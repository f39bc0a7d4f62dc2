/** What the systems' own words on mounted file systems mean. */
import type { Mount } from './volumes.ts';

/** File systems on other machines: their source is an address, and changes made there are not heard of here. */
const remoteTypes =
  /^(nfs4?|cifs|smb3?|9p|afs|ceph|glusterfs|fuse\.(sshfs|rclone|s3fs|smbnetfs|gvfsd-fuse))$/;
/** Systems of the kernel, in which nobody keeps photos. */
const systemTypes =
  /^(proc|sysfs|devtmpfs|devpts|cgroup2?|mqueue|debugfs|tracefs|securityfs|pstore|bpf|configfs|fusectl|hugetlbfs|binfmt_misc|autofs|rpc_pipefs|nsfs|efivarfs)$/;

/**
 * Mounts out of /proc/self/mountinfo (proc_pid_mountinfo(5)).
 * @param uuidOf the UUID of what is on a device, by its path and its number (major:minor)
 */
export function mountsOfLinux(
  table: string,
  uuidOf: (device: string, number: string) => string | null,
): Mount[] {
  return table.split('\n').flatMap((line) => {
    // 36 35 98:0 /root /mount/point options [optional fields] - type source options
    const parts = /^\d+ \d+ (\S+) (\S+) (\S+) .*? ?- (\S+) (\S+)/.exec(line);
    if (!parts) return [];
    const [, number, root, mountPoint, type, source] = parts;
    if (systemTypes.test(type)) return [];
    const isRemote = remoteTypes.test(type);
    const device = unescaped(source);
    const uuid = isRemote ? null : uuidOf(device, number);
    const point = unescaped(mountPoint);
    return [
      {
        mountPoint: point,
        root: unescaped(root),
        volume: uuid === null ? `${type}:${device}` : `uuid:${uuid}`,
        // What the system itself is on does not come and go.
        isSure: uuid !== null || isRemote || type === 'zfs' || point === '/',
        isRemote,
      },
    ];
  });
}

/** Blanks and the like are written as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** The UUID in what `diskutil info -plist` tells of a volume, or null. */
export function volumeIdOfMac(plist: string): string | null {
  const found = /<key>VolumeUUID<\/key>\s*<string>([^<]+)<\/string>/.exec(plist);
  return found ? `uuid:${found[1]}` : null;
}
