/** Libraries that packages carry inside their compiled files, which no package manager knows of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Part } from './shipped-parts.ts';

export interface LibraryInside {
  name: string;
  version: string | undefined;
  /** SPDX, where it is one licence that the package itself does not tell. */
  licence: string | undefined;
}

interface Carrier {
  package: RegExp;
  /** For people, in the notices. */
  says: string;
  libraries: (folder: string, part: Part) => LibraryInside[];
}

const carriers: Carrier[] = [
  {
    package: /^@img\/sharp-libvips-/,
    says:
      'libvips and the libraries it is built on, as one shared library that may be replaced by another build of it. ' +
      'The package for Windows, @img/sharp-win32-x64, holds the same. Its own table of licences is below; for those under the LGPL, ' +
      'the texts of LGPL-3.0 and GPL-3.0 are below, too.',
    libraries: (folder) =>
      Object.entries(
        v.parse(
          v.record(v.string(), v.string()),
          JSON.parse(readFileSync(join(folder, 'versions.json'), 'utf8')),
        ),
      ).map(([name, version]) => ({ name, version, licence: undefined })),
  },
  {
    package: /^better-sqlite3$/,
    says: 'SQLite, which is in the public domain.',
    libraries: (folder) => [
      {
        name: 'sqlite',
        version: /#define SQLITE_VERSION\s+"([^"]+)"/.exec(
          readFileSync(join(folder, 'deps/sqlite3/sqlite3.h'), 'utf8'),
        )?.[1],
        licence: 'blessing',
      },
    ],
  },
  {
    package: /^libheif-js$/,
    says: 'libheif, with libde265, compiled to WebAssembly; both are under LGPL-3.0, and the file may be replaced by another build of it.',
    libraries: () => [
      { name: 'libheif', version: undefined, licence: 'LGPL-3.0-or-later' },
      { name: 'libde265', version: undefined, licence: 'LGPL-3.0-or-later' },
    ],
  },
  {
    package: /^hnswlib-node$/,
    says: 'hnswlib, under Apache-2.0, compiled where it is installed.',
    libraries: () => [{ name: 'hnswlib', version: undefined, licence: 'Apache-2.0' }],
  },
  {
    package: /^onnxruntime-node$/,
    says:
      'ONNX Runtime of the same version, by Microsoft, under the MIT licence. What it is built on itself is named in the file ' +
      'ThirdPartyNotices.txt of its source; its npm package does not hold that file. For Windows the package holds DirectML.dll, ' +
      'dxcompiler.dll and dxil.dll as well, by Microsoft.',
    libraries: (_folder, { version }) => [{ name: 'onnxruntime', version, licence: 'MIT' }],
  },
  {
    package: /^node-(?:linux|win|bin-darwin)-/,
    says: 'Node.js; what it is built on (V8, libuv, OpenSSL and others) is named in its own licence, which is below.',
    libraries: (_folder, { version }) => [{ name: 'node', version, licence: undefined }],
  },
];

/** What is inside a package, as far as it can be told; none where it is for another platform. */
export function librariesInside(part: Part): LibraryInside[] {
  const carrier = carriers.find((each) => each.package.test(part.name));
  return carrier === undefined || part.folder === null ? [] : carrier.libraries(part.folder, part);
}

/** The same for people, or null. */
export function saysInside({ name }: Part): string | null {
  return carriers.find((each) => each.package.test(name))?.says ?? null;
}
