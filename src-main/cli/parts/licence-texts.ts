/** The words of licences and notices that a package carries. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Part, readPackage } from './shipped-parts.ts';

const carriesWords = /^(?:licen[cs]e|notice|copying|copyright|third-?party)/i;
/** Its README is the only place where libvips' package names the licences of what is inside. */
const licencesInReadme = /^@img\/sharp-libvips-/;

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/**
 * @returns none where the package is for another platform
 * @throws Error when it carries no text and its licence asks for more than the usual words
 */
export function licenceTexts({ name, licence, folder }: Part): string[] {
  if (folder === null) return [];
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && carriesWords.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (licencesInReadme.test(name)) files.push('README.md');
  if (files.length > 0) return files.map((file) => plain(readFileSync(join(folder, file), 'utf8')));
  if (licence === 'MIT') return [`MIT License\n\n${copyrightOf(folder)}\n\n${mit}`];
  if (licence === 'Apache-2.0' || licence.includes('LGPL')) return [];
  throw new Error(`${name} (${licence}) carries no text of its licence.`);
}

/** The same bytes on each system, and no white space that a formatter would take away. */
function plain(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/\f/g, '')
    .trim();
}

/** The line in its main file, or else its author. */
function copyrightOf(folder: string): string {
  const { main, author } = readPackage(folder);
  const line =
    typeof main === 'string' && main !== '' ? /Copyright \(c\)[^\n*]+/i.exec(mainText(folder, main)) : null;
  if (line !== null) return line[0].trim();
  const name = typeof author === 'object' && author !== null && 'name' in author ? author.name : author;
  return typeof name === 'string' ? `Copyright (c) ${name}` : 'Copyright (c) its authors';
}

function mainText(folder: string, main: string): string {
  return readFileSync(join(folder, main), 'utf8');
}
