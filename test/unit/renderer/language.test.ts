import { expect, test } from 'vitest';
import { localeFor } from '../../../src-main/contract/index.ts';

test('the page speaks the first of the system’s languages that it knows', () => {
  expect(localeFor('system', ['fr-FR', 'de-AT', 'en'])).toEqual({ language: 'de', formats: 'de-AT' });
  expect(localeFor('system', ['fr-FR'])).toEqual({ language: 'en', formats: 'en' });
  expect(localeFor('system', [])).toEqual({ language: 'en', formats: 'en' });
});

test('a language that was chosen is spoken, with numbers and dates as the system writes them in it', () => {
  expect(localeFor('en', ['de-DE', 'en-GB'])).toEqual({ language: 'en', formats: 'en-GB' });
  expect(localeFor('de', ['en-US'])).toEqual({ language: 'de', formats: 'de' });
});
