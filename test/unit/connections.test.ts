import { describe, expect, it } from 'vitest';
import { connectionsIn, staysHere } from '../e2e/connections.ts';

const line = (address: string): string => `4711<MainThread> connect(23, {${address}}, 16) = 0`;
const v4 = (address: string, port: number): string =>
  `sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("${address}")`;
const v6 = (address: string): string =>
  `sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "${address}", &sin6_addr)`;

describe('what strace has written down of a run of stories', () => {
  it.each([
    ['another machine', v4('192.0.2.1', 443)],
    ['a machine of the same network', v4('192.168.1.7', 443)],
    ['another machine by IPv6', v6('2001:db8::1')],
    ['another machine by IPv4 in IPv6', v6('::ffff:192.0.2.1')],
    ['a name server, even on this machine', v4('127.0.0.53', 53)],
    ['a group of machines', v4('224.0.0.251', 5353)],
    ['the wire itself', 'sa_family=AF_PACKET, sll_protocol=htons(ETH_P_ALL)'],
  ])('tells that a connection goes to %s', (_, address) => {
    const [connection] = connectionsIn(line(address));
    expect(staysHere(connection)).toBe(false);
  });

  it.each([
    ['this machine', v4('127.0.0.1', 34567)],
    ['this machine by IPv6', v6('::1')],
  ])('tells that a connection goes to %s', (_, address) => {
    const [connection] = connectionsIn(line(address));
    expect(staysHere(connection)).toBe(true);
  });

  it('has nothing to say of sockets that lead to no network', () => {
    const lines = [
      line('sa_family=AF_UNIX, sun_path="/tmp/.X11-unix/X99"'),
      '12<Chrome_IOThread> sendmsg(14, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=""..., iov_len=104}]}, 0) = 104',
    ];
    expect(connectionsIn(lines.join('\n'))).toEqual([]);
  });
});
