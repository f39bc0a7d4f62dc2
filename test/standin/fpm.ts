#!/usr/bin/env node
/**
 * Does of fpm what electron-builder asks of it for a deb, by Debian's own dpkg-deb: electron-builder would fetch fpm from
 * outside of the registries. For tests on machines that cannot, by way of CUSTOM_FPM_PATH; what is packed is the same.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string', default: '' } as const;
const texts = { type: 'string', multiple: true, default: [] as string[] } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { ...text, short: 's' },
    target: { ...text, short: 't' },
    force: { type: 'boolean' },
    depends: { ...texts, short: 'd' },
    'deb-recommends': texts,
    'deb-compression': text,
    'deb-priority': text,
    architecture: text,
    'after-install': text,
    'after-remove': text,
    category: text,
    description: text,
    license: text,
    maintainer: text,
    name: text,
    package: text,
    url: text,
    vendor: text,
    version: text,
  },
});

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}`);
}

/** `from/=/to` for all in a folder, `from=/to` for a file. */
function lay(tree: string, mapping: string): void {
  const at = mapping.lastIndexOf('=');
  const [from, to] = [mapping.slice(0, at), join(tree, mapping.slice(at + 1))];
  mkdirSync(from.endsWith('/') ? to : dirname(to), { recursive: true });
  if (from.endsWith('/')) run('cp', '-a', `${from}.`, to);
  else copyFileSync(from, to);
}

function control(): string {
  const [summary, ...more] = values.description.split('\n');
  const fields: readonly (readonly [string, string])[] = [
    ['Package', values.name],
    ['Version', values.version],
    ['License', values.license],
    ['Vendor', values.vendor],
    ['Architecture', values.architecture],
    ['Maintainer', values.maintainer],
    ['Depends', values.depends.join(', ')],
    ['Recommends', values['deb-recommends'].join(', ')],
    ['Section', values.category],
    ['Priority', values['deb-priority']],
    ['Homepage', values.url],
    ['Description', [summary, ...more.map((line) => ` ${line.trim()}`)].join('\n')],
  ];
  return fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

if (values.source !== 'dir' || values.target !== 'deb') throw new Error('This makes debs from folders.');
const tree = mkdtempSync(join(tmpdir(), 'semblance-deb-'));
try {
  chmodSync(tree, 0o755);
  for (const mapping of positionals) lay(tree, mapping);
  const debian = join(tree, 'DEBIAN');
  mkdirSync(debian);
  writeFileSync(join(debian, 'control'), control());
  for (const [script, file] of [
    ['postinst', values['after-install']],
    ['postrm', values['after-remove']],
  ]) {
    writeFileSync(join(debian, script), readFileSync(file));
    chmodSync(join(debian, script), 0o755);
  }
  // Whatever was asked for: half a gigabyte takes minutes else, and what is tried here is what lies in it.
  run('dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', tree, values.package);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
