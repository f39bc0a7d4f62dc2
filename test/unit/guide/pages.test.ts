import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes, isReadingAddress, photoProblemCodes } from '../../../src-main/contract/index.ts';
import { renderPage } from '../../../src-renderer/build/render-page.ts';
import { codeIn, repository, type StoredPage, storedPages } from '../../fixtures/guide-pages.ts';

const english = storedPages('en');
const german = storedPages('de');
const everything = [...english.values(), ...german.values()];

function page(name: string): StoredPage {
  const found = english.get(name);
  if (!found) throw new Error(`There is no page ${name}.`);
  return found;
}

/** Levels of headings, in their order. */
function levelsOf(html: string): string[] {
  return [...html.matchAll(/<h(\d)/g)].map(([, level = '']) => level);
}

/** Headings that are codes, which no language changes. */
function codeHeadings(source: string): string[] {
  return [...source.matchAll(/^#+ ([a-z-]+)$/gm)].map(([, code = '']) => code);
}

/** Headings of a level under the heading of the level above that has this title. */
function headingsUnder(source: string, title: string): string[] {
  const [, after = ''] = source.split(`\n## ${title}\n`);
  const [section = ''] = after.split(/^## /m);
  return [...section.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
}

function foldersIn(...path: string[]): string[] {
  return readdirSync(join(repository, ...path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [...path, name].join('/'));
}

describe('the guide', () => {
  it('lists every page once in its contents', () => {
    const others = [...english.keys()].filter((name) => name !== 'README').sort();
    for (const contents of [english.get('README'), german.get('README')]) {
      expect(contents?.links.map((link) => link.page).sort()).toEqual(others);
    }
  });

  it.each(everything.map((each) => [each.title, each] as const))(
    'leads from “%s” to pages and headings that are there',
    (_, { name, links, anchors }) => {
      for (const link of links) {
        const target = link.page === '' ? name : link.page;
        const found = english.get(target);
        expect(found, target).toBeDefined();
        const known = link.page === '' ? anchors : found?.anchors;
        if (link.anchor !== '') expect(known, target).toContain(link.anchor);
      }
    },
  );

  it('has one title on each page, and no two headings with one address', () => {
    for (const { name, anchors, html } of everything) {
      expect(html.match(/<h1/g), name).toHaveLength(1);
      expect(
        anchors.filter((each, place) => anchors.indexOf(each) !== place),
        name,
      ).toEqual([]);
    }
  });

  it('shows pictures that are there, each told in words', () => {
    for (const [folder, pages] of [
      ['', english],
      ['de', german],
    ] as const) {
      for (const { name, pictures, source } of pages.values()) {
        for (const path of pictures) {
          const file = join(repository, 'resources/guide', folder, path);
          expect(existsSync(file), `${name}: ${path}`).toBe(true);
        }
        expect(source).not.toContain('![]');
      }
    }
  });

  it('holds nothing that the security policy of the page refuses', () => {
    for (const { html, name } of everything)
      expect(html, name).not.toMatch(/ style=|<script|<style| on\w+="/);
  });

  it('is translated heading by heading: a German page is reached by the addresses of the English one', () => {
    for (const { name, html, anchors, source } of german.values()) {
      const original = page(name);
      expect(codeHeadings(source), name).toEqual(codeHeadings(original.source));
      expect(levelsOf(html), name).toEqual(levelsOf(original.html));
      expect(anchors, name).toEqual(original.anchors);
    }
    const heading = renderPage('# Abstimmen\n\n## Lernen', undefined, ['tuning', 'learning']);
    expect(heading).toMatchObject({ title: 'Abstimmen', anchors: ['tuning', 'learning'] });
    expect(heading.html).toContain('<h2 id="learning" tabindex="-1">Lernen</h2>');
  });

  it('takes no HTML, and leads nowhere else', () => {
    expect(renderPage('# A\n\n<img src=x onerror=alert(1)>').html).not.toContain('<img');
    expect(() => renderPage('[away](https://example.org/)')).toThrow('may not lead to');
    expect(() => renderPage('[away](https://arxiv.org.example.org/)')).toThrow('may not lead to');
    expect(() => renderPage('$\\unknown{x}$')).toThrow();
    expect(isReadingAddress('https://arxiv.org/abs/1711.02512')).toBe(true);
    expect(isReadingAddress('http://arxiv.org/abs/1711.02512')).toBe(false);
    expect(isReadingAddress('https://arxiv.org@example.org/')).toBe(false);
  });
});

describe('what the guide says', () => {
  it('explains every error code, and none that there is not', () => {
    const { source } = page('troubleshooting');
    expect(headingsUnder(source, 'When a command ends with an error')).toEqual([...errorCodes]);
    expect(headingsUnder(source, 'When a photo cannot be read')).toEqual([...photoProblemCodes]);
  });

  it('names every folder of the program, and none that there is not', () => {
    const named = [...page('architecture').source.matchAll(/^\| `(src-[\w/-]+)`/gm)].map(([, name]) => name);
    const folders = [...foldersIn('src-main'), ...foldersIn('src-renderer')].sort();
    expect([...named].sort()).toEqual(folders);
    for (const folder of foldersIn('test')) expect(page('architecture').source).toContain(`\`${folder}\``);
  });

  it('names only files that are there', () => {
    for (const { name, source } of everything) {
      const paths = codeIn(source).filter((code) =>
        /^(src-main|src-renderer|resources|test)\/[\w./-]+$/.test(code),
      );
      const missing = paths.filter((path) => !existsSync(join(repository, path)));
      expect(missing, name).toEqual([]);
    }
  });

  it('names only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const { source } of everything) {
      for (const [, script = ''] of source.matchAll(/npm run (?:-s )?([\w:-]+)/g))
        expect(scripts).toHaveProperty([script]);
    }
  });

  it('shows in bold what is on the screen just so', () => {
    for (const [language, pages] of Object.entries({ en: english, de: german })) {
      const catalogue = readFileSync(join(repository, `src-renderer/locales/${language}.po`), 'utf8');
      // What stands in for elements and values is no part of the words.
      const plain = (text: string): string => text.replaceAll(/<[^>]*>|\{\d+\}/g, '').trim();
      const texts = new Set(
        [...catalogue.matchAll(/^msgstr(?:\[\d\])? "(.*)"$/gm)].map(([, text = '']) => plain(text)),
      );
      const forPeople = [...pages.values()].filter(
        ({ name }) => !/^(add-a-|architecture|reference-)/.test(name),
      );
      const bold = forPeople.flatMap(({ source }) =>
        [...source.matchAll(/\*\*(.+?)\*\*/g)].map(([, words = '']) => words),
      );
      const words = new Set([...bold].filter((each) => each !== 'bold' && each !== 'fett'));
      expect(
        [...words].filter((each) => !texts.has(each)),
        language,
      ).toEqual([]);
    }
  });
});
