import { describe, expect, it } from 'vitest';
import { keyWords, type KeyPress, pressed } from '../../../src-renderer/actions/keys.ts';
import { mostRecent, ranked, type Score, withRecent } from '../../../src-renderer/actions/palette.ts';

const titles = ['Library', 'Search', 'Find similar photos', 'Rate 5 stars'];
const offers = titles.map((title) => ({
  action: { kind: 'global' as const, id: title, title, keys: [], run: () => undefined },
}));

/** Plain stand-in for the library's score: how early the letters stand. */
const score: Score = (title, letters) => {
  const at = title.toLowerCase().indexOf(letters);
  return at < 0 ? 0 : 1 / (1 + at);
};

function found(text: string, recent: string[] = []): string[] {
  return ranked(offers, text, recent, score).map(({ action }) => action.title);
}

describe('the palette', () => {
  it('shows all actions in their order, those that were used last before them', () => {
    expect(found('')).toEqual(titles);
    expect(found(' ', ['Rate 5 stars', 'Search'])).toEqual([
      'Rate 5 stars',
      'Search',
      'Library',
      'Find similar photos',
    ]);
  });

  it('shows what fits, the best first, whatever was used last', () => {
    expect(found('s', ['Rate 5 stars'])[0]).toBe('Search');
    expect(found('zebra')).toEqual([]);
  });

  it('remembers a few actions, each once', () => {
    expect(withRecent(['a', 'b'], 'b')).toEqual(['b', 'a']);
    expect(
      withRecent(
        Array.from({ length: 20 }, (_, i) => String(i)),
        'x',
      ),
    ).toHaveLength(mostRecent);
  });
});

describe('a key', () => {
  const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  });

  it.each<[string, KeyPress, boolean]>([
    ['t', press('t'), true],
    ['t', press('T'), true],
    ['t', press('t', { ctrlKey: true }), false],
    ['?', press('?', { shiftKey: true }), true],
    ['Space', press(' '), true],
    ['Mod+k', press('k', { metaKey: true }), true],
    ['Mod+z', press('z', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+Shift+z', press('Z', { ctrlKey: true, shiftKey: true }), true],
    ['a', press('a', { altKey: true }), false],
  ])('%s answers %o: %s', (name, event, answers) => {
    expect(pressed(name, event)).toBe(answers);
  });

  it('is written as on the keyboard at hand', () => {
    expect(keyWords('Mod+Shift+z', false)).toBe('Ctrl Shift Z');
    expect(keyWords('Mod+k', true)).toBe('⌘ K');
    expect(['Space', 'Delete', '+'].map((name) => keyWords(name, false))).toEqual(['Space', 'Delete', '+']);
  });
});
