/** resources/third-party-notices.txt: what others made of what is shipped, and the words of their licences. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saysInside } from './libraries-inside.ts';
import { licenceTexts } from './licence-texts.ts';
import { isReplaceable, type Part } from './shipped-parts.ts';

const rule = '='.repeat(100);
const named = ({ name, version }: Part): string => `${name} ${version}`;

/** @param root folder of package.json */
export function noticesText(root: string, parts: readonly Part[]): string {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8').trim();
  return `${[
    introduction(parts),
    titled('The default backbone', read('resources/backbone/NOTICE.md')),
    ...textSections(parts),
    titled(
      'Electron, in the package with a window',
      `${read('node_modules/electron/LICENSE')}\n\nChromium inside it: LICENSES.chromium.html, beside the program.`,
    ),
    titled('Apache License 2.0', read('resources/backbone/LICENSE-Apache-2.0.txt')),
    titled('GNU General Public License 3.0, which the LGPL adds to', read('resources/licences/GPL-3.0.txt')),
  ].join('\n\n')}\n`;
}

function introduction(parts: readonly Part[]): string {
  const inside = new Map<string, Part[]>();
  for (const part of parts) {
    const says = saysInside(part);
    if (says !== null) inside.set(says, [...(inside.get(says) ?? []), part]);
  }
  return [
    'Parts of Semblance that others made',
    '',
    'Semblance itself is under the MIT licence. This file names everything else that is shipped with it, or installed with',
    'it by npm: made by `npm run notices` from package-lock.json and from what the bundler took in. Versions are those that',
    'were tested; npm may install later ones of what the packages need themselves.',
    '',
    'The licences marked with * ask that a person can put another version of the library in its place: each of these is',
    'a package of its own, in a folder of its own.',
    '',
    ...table(parts),
    '',
    'Inside packages:',
    '',
    ...[...inside].map(([says, carriers]) => `  ${carriers.map(named).join(', ')}\n    ${says}\n`),
  ].join('\n');
}

function table(parts: readonly Part[]): string[] {
  const width = Math.max(...parts.map((part) => named(part).length));
  return parts.map((part) => {
    const licence = `${part.licence}${isReplaceable(part) ? ' *' : ''}`;
    const where = part.installed ? (part.bundled ? 'a package; also bundled' : 'a package') : 'bundled';
    return `  ${named(part).padEnd(width)}  ${licence.padEnd(34)}  ${where}`;
  });
}

/** Each text once, under all parts that it holds for. */
function textSections(parts: readonly Part[]): string[] {
  const holders = new Map<string, Part[]>();
  for (const part of parts) {
    for (const text of licenceTexts(part)) holders.set(text, [...(holders.get(text) ?? []), part]);
  }
  return [...holders].map(([text, group]) => titled(group.map(named).join(', '), text));
}

function titled(title: string, text: string): string {
  return `${rule}\n${title}\n${rule}\n\n${text}`;
}
