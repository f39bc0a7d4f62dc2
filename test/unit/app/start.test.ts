import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src-main/app/arguments.ts';
import { userDataFolder } from '../../../src-main/app/user-data.ts';

const here = resolve('/somewhere');

describe('what the window is started with', () => {
  it('is photos and folders, found from where the person is', () => {
    expect(parseArguments(['semblance', 'beach.jpg', 'older', resolve('/tmp/a.png')], false, here)).toEqual({
      library: undefined,
      logLevel: undefined,
      paths: [resolve(here, 'beach.jpg'), resolve(here, 'older'), resolve('/tmp/a.png')],
    });
  });

  it('names a library in either way of writing it', () => {
    const library = resolve(here, 'kept');
    expect(parseArguments(['semblance', '--library', 'kept'], false, here)).toEqual({
      library,
      logLevel: undefined,
      paths: [],
    });
    expect(parseArguments(['semblance', '--library=kept', 'a.jpg'], false, here).library).toBe(library);
  });

  it('says how much is logged', () => {
    for (const given of [['--log-level', 'debug'], ['--log-level=debug']]) {
      expect(parseArguments(['semblance', ...given, 'a.jpg'], false, here)).toMatchObject({
        logLevel: 'debug',
        paths: [resolve(here, 'a.jpg')],
      });
    }
  });

  it('is told apart from the app’s own folder and from switches of Electron and Chromium', () => {
    const given = ['electron', '-r', '/x/loader.js', '--inspect=0', '--no-sandbox', '.', '--library', 'kept'];
    expect(parseArguments([...given, 'a.jpg', '--disable-gpu'], true, here)).toEqual({
      library: resolve(here, 'kept'),
      logLevel: undefined,
      paths: [resolve(here, 'a.jpg')],
    });
  });
});

describe('the folder of a library’s window', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-user-data-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the app’s own for the usual library, and one of its own for every other', () => {
    const usual = join(folder, 'usual');
    const base = join(folder, 'config');
    const others = ['one', 'two'].map((name) => userDataFolder(base, join(folder, name), usual));
    expect(userDataFolder(base, usual, usual)).toBe(base);
    expect(new Set([base, ...others]).size).toBe(3);
    for (const other of others) expect(other.startsWith(join(base, 'libraries'))).toBe(true);
  });

  it('is the same by whichever link the library is reached', () => {
    mkdirSync(join(folder, 'kept'));
    symlinkSync(join(folder, 'kept'), join(folder, 'link'));
    const of = (name: string): string => userDataFolder(folder, join(folder, name), join(folder, 'usual'));
    expect(of('link')).toBe(of('kept'));
  });
});
