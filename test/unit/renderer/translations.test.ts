import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Entry {
  /** The English forms: one, or one for a single thing and one for more. */
  english: string[];
  translations: string[];
}

const file = resolve(import.meta.dirname, '../../../src-renderer/locales/de.po');

/** The entries that are in use. Long texts go on in lines that hold nothing but their quotes. */
function entriesOf(catalogue: string): Entry[] {
  const blocks = catalogue.split('\n\n').filter((block) => !/^#~/m.test(block));
  return blocks.slice(1).map((block) => {
    const texts = [...block.replaceAll('"\n"', '').matchAll(/^(msg\w+)(?:\[\d\])? "(.*)"$/gm)];
    const of = (...keys: string[]): string[] =>
      texts.filter(([, key]) => keys.includes(key)).map(([, , text]) => text);
    return { english: of('msgid', 'msgid_plural'), translations: of('msgstr').filter((text) => text !== '') };
  });
}

/** Values, by their places or names, and elements. */
function heldBy(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}|<\/?\d+\/?>/g))].sort();
}

describe('a translation', () => {
  const entries = entriesOf(readFileSync(file, 'utf8'));

  it('holds the values and the elements that its text holds', () => {
    const others = entries.flatMap(({ english, translations }) =>
      translations.filter((text) => heldBy(text).join() !== heldBy(english[0]).join()),
    );
    expect(entries.length).toBeGreaterThan(800);
    expect(others).toEqual([]);
  });

  it('is there for every text, in two forms where English has two, of which that for more than one tells the number if English does', () => {
    for (const { english, translations } of entries) {
      expect(translations, english[0]).toHaveLength(english.length);
      expect(translations.at(-1)?.includes('#') ?? false, english[0]).toBe(english.at(-1)?.includes('#'));
    }
  });
});
