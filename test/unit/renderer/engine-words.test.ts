import { describe, expect, test } from 'vitest';
import { EngineWords } from '../../../src-renderer/engine-words.ts';
import german from '../../../src-renderer/locales/engine.de.json' with { type: 'json' };
import { engineTexts, mainSource, modelTexts } from '../../fixtures/engine-texts.ts';

const catalogue: Record<string, string> = german;
const words = new EngineWords(catalogue, 'de');
const placeholders = (text: string): string[] => [...text.matchAll(/\{\d+\}/g)].map(String).sort();

describe('What the engine says', () => {
  test('is known in German, text by text', () => {
    expect([...engineTexts(), ...modelTexts()].filter((text) => !Object.hasOwn(catalogue, text))).toEqual([]);
  });

  test('is still said: no translation has outlived its text', () => {
    const source = mainSource();
    const longestPart = (text: string): string =>
      text.split(/\{\d+\}/).reduce((longest, part) => (part.length > longest.length ? part : longest));
    expect(Object.keys(catalogue).filter((text) => !source.includes(longestPart(text)))).toEqual([]);
  });

  test('says the same things in both languages', () => {
    for (const [english, translation] of Object.entries(catalogue)) {
      expect(placeholders(translation), english).toEqual(placeholders(english));
    }
  });

  test('is put into the language of the page with what was put into it', () => {
    expect(words.translate('Looking for photos (1,204 files)')).toBe('Fotos werden gesucht (1.204 Dateien)');
    expect(words.translate('Marked 3 pairs as no duplicates')).toBe(
      '3 Paare als keine Duplikate gekennzeichnet',
    );
    const message = words.translate('There is no file /photos/[a] (1).jpg. Check the path.');
    expect(message).toContain('/photos/[a] (1).jpg');
    expect(message).not.toContain('There is');
  });

  test('is not taken for a text that it only looks like', () => {
    expect(words.translate('Trained on other photos; large and slow.')).toContain('other photos');
    expect(words.translate('12 photos')).toBe('12 Fotos');
  });

  test('is translated sentence by sentence where it was put together', () => {
    const both = 'The job was cancelled. The work was cancelled.';
    const parts = ['The job was cancelled.', 'The work was cancelled.'].map((each) => catalogue[each]);
    expect(words.translate(both)).toBe(parts.join(' '));
  });

  test('stays as it is where it is nobody’s text', () => {
    expect(words.translate('DSC_0001.JPG')).toBe('DSC_0001.JPG');
    expect(words.translate('')).toBe('');
  });

  test('is found in answers by the fields that hold it, and what people wrote is left alone', () => {
    const bytes = new Uint8Array([1, 2]);
    const answer = {
      jobs: [{ step: 'Indexing', done: 3, error: null }],
      photo: { name: 'Indexing', bytes },
    };
    expect(words.translateFields(answer)).toEqual({
      jobs: [{ step: catalogue['Indexing'], done: 3, error: null }],
      photo: { name: 'Indexing', bytes },
    });
    expect(words.translateFields(answer).photo.bytes).toBe(bytes);
  });
});
