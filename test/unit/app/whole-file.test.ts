import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWhole, writeWhole } from '../../../src-main/app/whole-file.ts';
import { readPlace } from '../../../src-main/app/window-bounds.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-whole-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const schema = v.object({ theme: v.string() });

describe('a small file of the app', () => {
  it('is written whole, in a folder that need not be there yet, and leaves nothing beside it', () => {
    const file = join(folder, 'new', 'appearance.json');
    writeWhole(file, { theme: 'light' });
    writeWhole(file, { theme: 'dark' });
    expect(readWhole(file, schema)).toEqual({ theme: 'dark' });
    expect(readdirSync(join(folder, 'new'))).toEqual(['appearance.json']);
  });

  it('is no obstacle where it is broken, foreign or missing', () => {
    const file = join(folder, 'window.json');
    expect(readPlace(file)).toBeNull();
    for (const text of ['', '{"x":', 'null', '[]', '{"x":0,"y":0,"width":-5,"height":9}', '{"x":"0"}']) {
      writeFileSync(file, text);
      expect(readPlace(file)).toBeNull();
    }
  });

  it('disturbs nobody where it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeWhole(join(folder, 'file', 'below.json'), {})).not.toThrow();
  });
});
