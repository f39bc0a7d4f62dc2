import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ContactSheet,
  contactSheetParts,
  mostOnSheet,
  type SheetPhoto,
} from '../../src-main/contract/index.ts';

const picture = 'data:image/jpeg;base64,/9j/';

function photo(name: string, changes: Partial<SheetPhoto> = {}): SheetPhoto {
  return { name, before: '', after: '', picture: () => Promise.resolve(picture), ...changes };
}

async function written(changes: Partial<ContactSheet> = {}): Promise<string[]> {
  const sheet = {
    title: 'a.jpg',
    notes: [],
    examples: [],
    photos: [photo('b.jpg')],
    madeAt: new Date(2026, 10, 7),
    language: 'en',
    ...changes,
  };
  const parts: string[] = [];
  for await (const part of contactSheetParts(sheet)) parts.push(part);
  return parts;
}

const counted = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

describe('a contact sheet', () => {
  it('says what was searched with, when, and of each photo its rank, name and score', async () => {
    const text = (
      await written({
        notes: ['2 photos of 9, the most similar first', 'Tag sea'],
        examples: [photo('a.jpg')],
        photos: [photo('b.jpg', { before: '1', after: '0.912' }), photo('c.jpg', { before: '2' })],
      })
    ).join('');
    expect(text).toContain('<h1>a.jpg</h1>');
    expect(text).toContain('<p>Tag sea</p>');
    expect(text).toContain('<time datetime="2026-11-07">2026-11-07</time><br>1 / 1');
    expect(text).toMatch(
      /<b>1<\/b><span class="name" title="b\.jpg">b\.jpg<\/span><span class="after">0\.912</,
    );
    expect(counted(text, /<img src="data:image\/jpeg;base64,/g)).toBe(3);
  });

  it('has thirty-five photos on a page, and asks for their pictures page by page', async () => {
    let asked = 0;
    const counting = photo('x.jpg', {
      picture: () => {
        asked += 1;
        return Promise.resolve(picture);
      },
    });
    const parts = contactSheetParts({
      title: '',
      notes: [],
      examples: [],
      photos: Array<SheetPhoto>(71).fill(counting),
      madeAt: new Date(0),
      language: 'en',
    });
    const known: number[] = [];
    for await (const part of parts) if (part.startsWith('<section>')) known.push(asked);
    expect(known).toEqual([35, 70, 71]);
  });

  it('goes on without a picture that is not there', async () => {
    const text = (
      await written({ photos: [photo('gone.jpg', { picture: () => Promise.resolve(null) })] })
    ).join('');
    expect(text).toContain('<div class="frame"></div>');
    expect(text).toContain('gone.jpg');
    expect(text).not.toContain('<img');
  });

  it('needs nothing from elsewhere and runs nothing, whatever photos are called', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (odd) => {
        const name = `${odd}"><script>alert('1')</script>&amp;`;
        const text = (
          await written({ title: name, notes: [name], photos: [photo(name, { before: name, after: name })] })
        ).join('');
        expect(text).not.toContain('<script');
        expect(text).not.toMatch(/(?:src|href)="(?!data:)/);
        expect(text).toContain(`default-src 'none'`);
        expect(text).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;');
      }),
      { numRuns: 50 },
    );
  });

  it('holds so many photos that it can be mailed, and refuses more', async () => {
    await expect(written({ photos: Array<SheetPhoto>(mostOnSheet + 1).fill(photo('a')) })).rejects.toThrow(
      RangeError,
    );
    expect((await written({ photos: [] })).join('')).toContain('1 / 1');
  });
});
