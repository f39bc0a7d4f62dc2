/** What runs after all stories: whom their processes connected to. Started by run.ts, which has them watched. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { type Connection, connectionsIn, staysHere } from './connections.ts';

/** Addresses that are nobody's (RFC 5737): the watch is tried on them. */
const nobody = ['192.0.2.1', '198.51.100.1'];

function seen(): Connection[] {
  const log = process.env['SEMBLANCE_CONNECTIONS'];
  const reason = process.env['SEMBLANCE_UNWATCHED'] ?? 'start the stories with npm run test:e2e';
  test.skip(log === undefined, `not checked here whom the stories’ processes connect to: ${reason}`);
  return connectionsIn(readFileSync(log ?? '', 'utf8'));
}

test('a connection that leaves the machine would be seen', () => {
  seen();
  const attempts = `
    const { connect } = require('node:net');
    const { createSocket } = require('node:dgram');
    connect(9, '${nobody[0]}').on('error', () => undefined);
    createSocket('udp4').send('x', 9, '${nobody[1]}', () => process.exit());
  `;
  spawnSync(process.execPath, ['-e', attempts]);
  const found = seen().filter(({ address }) => nobody.includes(address));
  expect(found.map(({ address }) => address).sort()).toEqual(nobody);
});

test('no process of any story connects to anything but this machine, nor asks for the address of another', () => {
  const connections = seen();
  // There was something to see: a story’s window or browser is steered over a connection of this machine.
  expect(connections.filter(staysHere).length).toBeGreaterThan(0);
  const leaving = connections.filter((each) => !staysHere(each) && !nobody.includes(each.address));
  expect(new Set(leaving.map(({ thread, address, port }) => `${thread}: ${address} port ${port}`))).toEqual(
    new Set(),
  );
});
