import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { obstacle } from './hosts.ts';
import { makeDeb } from './packaged.ts';

const desktopFile = './usr/share/applications/semblance.desktop';

test('a deb lays the app under /opt, and tells the desktop what it is and which photos it opens', async () => {
  const reason = obstacle('package');
  test.skip(reason !== null, reason ?? '');
  const deb = await makeDeb();
  const field = (name: string): string =>
    execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim();
  expect([field('Package'), field('Section'), field('License')]).toEqual(['semblance', 'graphics', 'MIT']);
  expect(field('Depends')).toContain('libgtk-3-0 | libgtk-3-0t64');

  const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', deb], { maxBuffer: 2 ** 30 });
  const files = execFileSync('tar', ['-t'], { input: tar, encoding: 'utf8' }).split('\n');
  for (const file of ['semblance', 'resources/app.asar', 'resources/node/node', 'LICENSE'])
    expect(files).toContain(`./opt/Semblance/${file}`);
  expect(files).toContain('./usr/share/icons/hicolor/256x256/apps/semblance.png');
  expect(files.filter((file) => file !== '' && !/^\.\/(?:$|opt\/|usr\/)/.test(file))).toEqual([]);

  const entry = execFileSync('tar', ['-xO', desktopFile], { input: tar, encoding: 'utf8' }).split('\n');
  expect(entry).toEqual(
    expect.arrayContaining([
      'Name=Semblance',
      'Exec=/opt/Semblance/semblance %F',
      'Icon=semblance',
      'StartupWMClass=semblance',
      'Categories=Graphics;Photography;',
      expect.stringMatching(/^MimeType=image\/jpeg;.*image\/heic;/),
    ]),
  );
});
