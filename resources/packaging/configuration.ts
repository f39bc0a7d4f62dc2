/** What electron-builder is told. The engine's files and the fuses are laid in by a hook, `afterPack`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { builtClosure } from './built-files.ts';
import { photoTypes } from './photo-types.ts';

/** Where icons.ts puts them. */
export const iconFolder = 'out/icons';

/** What a person finds beside the program; the last two are made by `npm run notices`. */
const papers = ['LICENSE', 'third-party-notices.txt', 'sbom.cdx.json'];

/**
 * @param root folder of package.json, with the app built in out/
 * @throws when something was not built
 */
export function configuration(root: string): Configuration {
  const asPaper = papers
    .map((name) => ({ from: name === 'LICENSE' ? name : `resources/${name}`, to: name }))
    .filter(({ from }) => existsSync(join(root, from)));
  return {
    appId: 'app.semblance.desktop',
    productName: 'Semblance',
    copyright: 'The Semblance founders, MIT licence',
    directories: { output: 'dist', buildResources: 'resources/packaging' },
    artifactName: 'semblance-${version}-${os}-${arch}.${ext}',
    publish: null,
    // Nothing is compiled for Electron: its process loads no native module. And no package is put into the archive.
    beforeBuild: () => Promise.resolve(false),
    asar: { smartUnpack: false },
    files: shellFiles(root),
    electronLanguages: ['en', 'de'],
    // A deb has to name a page, and Semblance has none yet; a name in .invalid belongs to nobody.
    extraMetadata: { homepage: 'https://semblance.invalid' },
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'semblance',
      // Package.json's desktopName: by it a desktop knows whose window it is.
      syncDesktopName: true,
      icon: iconFolder,
      category: 'Graphics;Photography',
      maintainer: 'The Semblance founders',
      synopsis: 'Finds photos by example',
      // Files as paths; by electron-builder's own choice they would come as addresses.
      executableArgs: ['%F'],
      // The system knows these types. To declare them anew, as fileAssociations would, is for those who make one up.
      mimeTypes: photoTypes.flatMap(({ mediaTypes }) => mediaTypes),
      desktop: { entry: { Keywords: 'photo;picture;image;search;similar;duplicates;' } },
      extraFiles: asPaper,
    },
    deb: {
      packageCategory: 'graphics',
      priority: 'optional',
      depends: debianDependencies,
      // `gio`, by which Electron moves photos to the bin.
      recommends: ['libglib2.0-bin'],
    },
    // The runtime that needs no libfuse2, which newer systems have no more.
    toolsets: { appimage: '1.0.3' },
    win: {
      target: ['nsis', 'zip'],
      icon: `${iconFolder}/icon.ico`,
      extraFiles: asPaper,
    },
    nsis: {
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      license: 'LICENSE',
      // By fileAssociations, an installer makes itself the usual program for what it opens.
      include: 'resources/packaging/open-with.nsh',
    },
    mac: {
      target: [
        { target: 'dmg', arch: ['arm64'] },
        { target: 'zip', arch: ['arm64'] },
      ],
      icon: `${iconFolder}/icon.icns`,
      category: 'public.app-category.photography',
      // Without a certificate of Apple's; a Mac with its own processor starts nothing that has no signature at all.
      identity: '-',
      hardenedRuntime: false,
      fileAssociations: photoTypes.map(({ name, extensions }) => ({
        name,
        ext: [...extensions],
        role: 'Viewer',
        rank: 'Alternate',
      })),
      // Beside the bundle's own folders nothing may lie.
      extraResources: asPaper,
    },
  };
}

/** The libraries that Electron, Node and the native modules ask for, as Debian and newer Ubuntus name them. */
const debianDependencies = [
  'libasound2 | libasound2t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libcups2 | libcups2t64',
  'libdrm2',
  'libgbm1',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libstdc++6',
  'libxkbcommon0',
  'xdg-utils',
];

/** What lies in the archive: the shell with what it loads, and the interface. */
function shellFiles(root: string): string[] {
  const { files, packages } = builtClosure(join(root, 'out/main'), 'shell.cjs');
  if (packages.length > 0) {
    throw new Error(
      `The shell loads ${packages.join(', ')} from node_modules, which its archive has not: see externalizeDeps.`,
    );
  }
  return [
    'package.json',
    ...files.map((file) => `out/main/${file}`),
    'out/preload/preload.cjs',
    'out/renderer/**',
    '!**/*.map',
  ];
}
