import { describe, expect, it } from 'vitest';
import type { PhotoDetails, SearchResult } from '../../../src-main/contract/index.ts';
import { exportedRanking } from '../../../src-renderer/searching/export.ts';
import { emptyQuery, exampleOfPhoto, type SearchQuery } from '../../../src-renderer/searching/query.ts';

function resultOf(name: string, changes: Partial<SearchResult> = {}): SearchResult {
  const photo = { id: 1, name, path: `/photos/${name}` } as PhotoDetails;
  return { rank: 1, score: 0.5, photo, moved: null, ...changes };
}

function queryWith(name: string): SearchQuery {
  return { ...emptyQuery, examples: [exampleOfPhoto({ id: 7, name })] };
}

const linesOf = (results: SearchResult[]): string[] =>
  exportedRanking('csv', queryWith('a.jpg'), results).text.split('\r\n');

describe('a ranking as CSV', () => {
  it('has a line for each result, with rank, score, name, path and how far it moved', () => {
    const lines = linesOf([
      resultOf('a.jpg', { moved: 'new' }),
      resultOf('b.jpg', { rank: 2, score: -0.25 }),
    ]);
    expect(lines).toEqual([
      '\uFEFFrank,score,name,path,moved',
      '1,0.5,a.jpg,/photos/a.jpg,new',
      '2,-0.25,b.jpg,/photos/b.jpg,',
      '',
    ]);
  });

  it('quotes commas, quotes and line breaks in names', () => {
    expect(linesOf([resultOf('one, "two".jpg')])[1]).toBe(
      '1,0.5,"one, ""two"".jpg","/photos/one, ""two"".jpg",',
    );
    expect(exportedRanking('csv', queryWith('a'), [resultOf('a\nb.jpg')]).text).toContain('"a\nb.jpg"');
  });

  it.each(['=1+1.jpg', '+1.jpg', '-1.jpg', '@SUM(A1).jpg', '\t=1.jpg'])(
    'lets no name be run as a formula: %j',
    (name) => {
      expect(linesOf([resultOf(name)])[1]).toContain(`,"'${name}",`);
    },
  );
});

describe('a ranking as JSON', () => {
  it('holds the query and the results', () => {
    const query = { ...queryWith('a.jpg'), whitening: 0.5, filter: { formats: ['jpeg'] } };
    const { name, text } = exportedRanking('json', query, [resultOf('b.jpg', { moved: -2 })]);
    expect(name).toBe('a.jpg.json');
    expect(JSON.parse(text)).toEqual({
      query: {
        examples: [{ name: 'a.jpg', weight: 1, crop: null, ignored: [] }],
        whitening: 0.5,
        filter: { formats: ['jpeg'] },
        ranking: {},
      },
      results: [{ rank: 1, score: 0.5, name: 'b.jpg', path: '/photos/b.jpg', moved: -2 }],
    });
  });
});

describe('the name of an exported file', () => {
  it.each([
    ['../a/b.jpg', 'a b.jpg.csv'],
    ['what?*.jpg', 'what .jpg.csv'],
    ['...', 'Search.csv'],
  ])('of %j is one that every system takes', (name, expected) => {
    expect(exportedRanking('csv', queryWith(name), []).name).toBe(expected);
  });
});
