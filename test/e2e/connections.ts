/** Which connections the processes of a run of user stories asked the system for, as strace has written it down. */

/** The calls by which a program names an address to the system: to connect to it, or to send it a datagram. */
export const watchedCalls = ['connect', 'sendto', 'sendmsg', 'sendmmsg'];

/** What a process asked for. */
export interface Connection {
  /** Name of the thread. */
  thread: string;
  address: string;
  port: number;
}

const pattern =
  /^\d+<(?<thread>[^>]*)>.*?sin6?_port=htons\((?<port>\d+)\).*?(?:sin_addr=inet_addr\("(?<v4>[^"]+)"\)|inet_pton\(AF_INET6, "(?<v6>[^"]+)")/;
/** Families that lead to no other machine: sockets of this one, its kernel, and the end of a connection. */
const inhouse = new Set(['AF_UNIX', 'AF_NETLINK', 'AF_UNSPEC', 'AF_LOCAL']);

/** @returns null for a line that names no address of a network */
function connectionIn(line: string): Connection | null {
  const found = pattern.exec(line)?.groups;
  if (found)
    return { thread: found['thread'], address: found['v4'] || found['v6'], port: Number(found['port']) };
  const family = /sa_family=(\w+)/.exec(line)?.[1];
  if (family === undefined || inhouse.has(family)) return null;
  return { thread: /<([^>]*)>/.exec(line)?.[1] ?? '', address: family, port: 0 };
}

export function connectionsIn(log: string): Connection[] {
  return log.split('\n').flatMap((line) => connectionIn(line) ?? []);
}

/** Chromium names this address to see whether the machine has a way to IPv6, over which it then sends nothing. */
const routeProbe = '2001:4860:4860::8888';

/**
 * Whether a connection stays on this machine. Asking a name server does not, even one on this machine: that asks another in
 * its turn.
 */
export function staysHere({ address, port }: Connection): boolean {
  if (address === routeProbe) return true;
  if (port === 53 || port === 5353) return false;
  return /^(::ffff:)?127\./.test(address) || address === '::1' || address === '0.0.0.0' || address === '::';
}
