import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isLoopback, OwnNames } from '../../../src-main/server/own-names.ts';

const request = (host?: string, origin?: string): Pick<IncomingMessage, 'headers'> => ({
  headers: { host, origin },
});

describe('a server that only its own machine reaches', () => {
  const names = new OwnNames('127.0.0.1', 4040);

  it('answers under the names of the machine itself, with its own port', () => {
    expect(names.origin).toBe('http://127.0.0.1:4040');
    expect(names.isOwnRequest(request('127.0.0.1:4040'))).toBe(true);
    expect(names.isOwnRequest(request('LOCALHOST:4040', 'http://localhost:4040'))).toBe(true);
  });

  it.each([
    [undefined, undefined],
    ['127.0.0.1', undefined],
    ['127.0.0.1:4041', undefined],
    [`${hostname()}:4040`, undefined],
    ['evil.example:4040', undefined],
    ['127.0.0.1:4040', 'http://evil.example'],
    ['127.0.0.1:4040', 'https://127.0.0.1:4040'],
    ['127.0.0.1:4040', 'null'],
    // Both are its own, but the page came from another port's server.
    ['127.0.0.1:4040', 'http://localhost:4040'],
  ])('does not answer to %s from a page of %s', (host, origin) => {
    expect(names.isOwnRequest(request(host, origin))).toBe(false);
  });
});

describe('a server that other machines reach', () => {
  const names = new OwnNames('0.0.0.0', 4040, ['nas.local', 'photos.example']);

  it('answers under the machine’s name and addresses, and under names that it was given', () => {
    expect(names.origin).toBe('http://127.0.0.1:4040');
    for (const host of [`${hostname()}:4040`, '127.0.0.1:4040', 'nas.local:4040', 'NAS.local:4040']) {
      expect(names.isOwnRequest(request(host)), host).toBe(true);
    }
  });

  it('may have a proxy with HTTPS before a name that it was given, and before no other', () => {
    expect(names.isOwnRequest(request('photos.example', 'https://photos.example'))).toBe(true);
    expect(names.isOwnRequest(request('photos.example', 'https://evil.example'))).toBe(false);
    expect(names.isOwnRequest(request('127.0.0.1:4040', 'https://127.0.0.1:4040'))).toBe(false);
  });

  it('answers under no other name that leads to it', () => {
    for (const host of ['evil.example:4040', 'nas.local.evil.example:4040', '203.0.113.7:4040']) {
      expect(names.isOwnRequest(request(host)), host).toBe(false);
    }
  });
});

it('only addresses of the machine itself need no token of one’s own', () => {
  expect(['127.0.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '192.168.0.2', 'nas.local', '127.0.0.1.evil.example'].some(isLoopback)).toBe(
    false,
  );
});

it('an address of IPv6 stands in brackets', () => {
  const names = new OwnNames('::1', 4040);
  expect(names.origin).toBe('http://[::1]:4040');
  expect(names.isOwnRequest(request('[::1]:4040', 'http://[::1]:4040'))).toBe(true);
});
