import { expect, it } from 'vitest';
import { pictureOfDataUrl } from '../../../src-renderer/data-url.ts';

it('takes the picture out of a data URL, in either alphabet of base 64', async () => {
  const bytes = Uint8Array.of(251, 255, 190, 1);
  const base64 = Buffer.from(bytes).toString('base64');
  for (const data of [base64, base64.replaceAll('+', '-').replaceAll('/', '_')]) {
    const picture = pictureOfDataUrl(` data:image/png;base64,${data}\n`);
    expect(picture?.type).toBe('image/png');
    expect(new Uint8Array((await picture?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes);
  }
});

it.each([
  '',
  'a text',
  'data:text/html;base64,PGI+',
  'data:image/png,abc',
  'data:image/png;base64,a*b',
  'data:image/png;base64,a',
])('makes nothing of %j', (text) => expect(pictureOfDataUrl(text)).toBeNull());
