import { describe, expect, it } from 'vitest';
import { excerptOf, type Section, sectionsWith } from '../../../src-renderer/guide/sections.ts';

function section(title: string, text: string): Section {
  return { page: 'page', pageTitle: 'Page', anchor: title.toLowerCase(), title, text };
}

const sections = [
  section('Pooling', 'GeM with p = 3 stands between the average and the maximum.'),
  section('Reduction', 'Whitening makes rare traits count as much as common ones.'),
  section('Whitening', 'Much of it finds the very same thing.'),
];

describe('searching in the guide', () => {
  it('finds sections that hold every word, those first whose heading does', () => {
    expect(sectionsWith('whitening', sections).map(({ title }) => title)).toEqual(['Whitening', 'Reduction']);
    expect(sectionsWith('rare WHITE', sections).map(({ title }) => title)).toEqual(['Reduction']);
    expect(sectionsWith('whitening gem', sections)).toEqual([]);
  });

  it('finds nothing while nothing is asked for', () => {
    expect(sectionsWith('  ', sections)).toEqual([]);
  });

  it('shows what stands around the first word', () => {
    const long = section('Long', `${'before '.repeat(40)}needle ${'after '.repeat(40)}`.trim());
    expect(excerptOf(long, 'needle')).toMatch(/^… before .*needle after .* …$/);
    expect(excerptOf(section('Short', 'only this'), 'this')).toBe('only this');
  });
});
