/**
 * Makes texts fit for a log that a person may send to a stranger: whatever may be a path, a name, a query or a place is
 * shortened to an id. The same text has the same id in one library, and another in every other, so that a reader can tell
 * that two entries are about one photo, and not which.
 */
import { createHmac } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Folder of package.json, two above this file, from source and from the bundle alike. */
const programFolder = fileURLToPath(new URL('../..', import.meta.url)).replaceAll('\\', '/');

/** Where a path begins that says itself that it is one: /…, C:\…, \\server, ~/…, file:… */
const pathStart = /(?<![\p{L}\p{N}])(?:file:|[a-z]:[\\/]|~?[\\/])/iu;
/** A relative path begins nobody knows where. */
const slash = /[\\/]/;
/** From the first quotation mark that opens to the last that may close: what is quoted may hold some itself. */
const quoted = /(?<![\p{L}\p{N}])["'`‘“„«»](?:.*["'`’”“«»]|.*$)/su;
/** All up to the end of what looks like the name of a file: where it begins, nobody knows either. */
const fileName = /^.*\S\.(?=\p{N}*\p{L})[\p{L}\p{N}]{2,5}(?![\p{L}\p{N}])/su;
/** Numbers as exact as places on earth are. */
const exactNumber = /-?\d+[.,]\d{3,}/gu;
/** A single letter says nothing. */
const shortestSecret = 2;
/** Of one text; what follows would only fill the log. */
const longestText = 500;
const mostFrames = 20;

export class Redactor {
  readonly #salt: string;
  readonly #secrets: { text: string; pattern: RegExp }[] = [];

  /**
   * @param salt of the library
   * @param secrets what is personal wherever it stands, beside the names of this machine and its user
   */
  constructor(salt: string, secrets: readonly string[] = []) {
    this.#salt = salt;
    const own = [homedir(), hostname(), userName()];
    const all = [...new Set([...secrets, ...own])].filter(({ length }) => length >= shortestSecret);
    // A path goes before a name that is part of it.
    for (const text of all.sort((a, b) => b.length - a.length)) {
      const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      this.#secrets.push({
        text,
        pattern: new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'),
      });
    }
  }

  /** A short name for something whose own name is private. */
  id(text: string): string {
    return `#${createHmac('sha256', this.#salt).update(text).digest('hex').slice(0, 10)}`;
  }

  /** A message: of what might be private, rather too much is left out than too little. */
  text(text: string): string {
    let rest = text.slice(0, longestText);
    rest = this.withoutSecrets(rest);
    const path = pathStart.exec(rest);
    if (path) rest = this.#cut(rest, path.index);
    if (slash.test(rest)) return this.id(text);
    return rest
      .replace(fileName, (found) => this.id(found))
      .replace(quoted, (found) => this.id(found))
      .replace(exactNumber, '#');
  }

  /** Only the names of this machine, its user and the library, for texts that the program has made itself. */
  withoutSecrets(text: string): string {
    return this.#secrets.reduce(
      (rest, { text: secret, pattern }) => rest.replace(pattern, this.id(secret)),
      text,
    );
  }

  /** Where in the program something was thrown; whatever is not its own is not named. */
  frames(error: Error): string[] {
    const stack = error.stack ?? '';
    // A message may look like anything, and like a frame.
    const start = stack.startsWith(`${error.name}: ${error.message}`)
      ? error.name.length + 2 + error.message.length
      : stack.indexOf('\n    at ');
    return stack
      .slice(start < 0 ? stack.length : start)
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, mostFrames)
      .map(frameOf);
  }

  #cut(text: string, from: number): string {
    return `${text.slice(0, from)}${this.id(text.slice(from))}`;
  }
}

function frameOf(line: string): string {
  const [, name = '', place = ''] = /^ {4}at (?:(.*?) \()?(.*?)\)?$/.exec(line) ?? [];
  const file = place.replace(/^file:\/\/(?:\/(?=[a-zA-Z]:))?/, '').replaceAll('\\', '/');
  const own = file.startsWith(programFolder) ? file.slice(programFolder.length) : null;
  const known = own ?? (/^node:[\w/:.]+$/.test(file) ? file : null);
  if (known === null || !/^[\w$.<>#[\] ]*$/.test(name)) return '(elsewhere)';
  return name === '' ? known : `${name} (${known})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A system may run programs for somebody that it has no name for.
    return '';
  }
}
