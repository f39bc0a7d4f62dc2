import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxPhotoBytes, mostOpened, type Opened } from '../../../src-main/contract/index.ts';
import { OpenedFiles } from '../../../src-main/engine/opened-files.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-opened-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content = 'a photo'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function takeAll(opened: OpenedFiles): Promise<Opened[]> {
  const all: Opened[] = [];
  for (let next = await opened.take(); next; next = await opened.take()) all.push(next);
  return all;
}

describe('what the person opened', () => {
  it('is taken once, in its order, each hand-over beginning a query', async () => {
    const opened = new OpenedFiles();
    opened.add([file('a.jpg'), file('b.jpg')]);
    opened.add([file('c.jpg')]);
    const all = await takeAll(opened);
    expect(all.map((each) => each.kind === 'photo' && [each.name, each.isFirst])).toEqual([
      ['a.jpg', true],
      ['b.jpg', false],
      ['c.jpg', true],
    ]);
    expect(all[0]).toMatchObject({ bytes: Buffer.from('a photo') });
    expect(await opened.take()).toBeNull();
  });

  it('tells whoever listens that something has come', () => {
    const opened = new OpenedFiles();
    let heard = 0;
    const end = opened.subscribe(() => heard++);
    opened.add([]);
    expect(heard).toBe(0);
    opened.add([folder]);
    end();
    opened.add([folder]);
    expect(heard).toBe(1);
  });

  it('may be a folder; a query begins with the first photo after it', async () => {
    const opened = new OpenedFiles();
    const inner = join(folder, 'holiday');
    mkdirSync(inner);
    opened.add([inner, file('a.jpg'), file('b.jpg')]);
    expect(await takeAll(opened)).toMatchObject([
      { kind: 'folder', path: inner },
      { name: 'a.jpg', isFirst: true },
      { name: 'b.jpg', isFirst: false },
    ]);
  });

  it('is refused with the reason where it is gone, empty or too large', async () => {
    const opened = new OpenedFiles();
    const large = file('large.jpg');
    truncateSync(large, maxPhotoBytes + 1);
    opened.add([join(folder, 'gone.jpg'), file('empty.jpg', ''), large]);
    const all = await takeAll(opened);
    expect(all.map((each) => each.kind === 'refused' && each.error.code)).toEqual([
      'not-found',
      'empty-file',
      'too-large',
    ]);
    for (const each of all) expect(each.kind === 'refused' && each.error.message).toContain('was not opened');
  });

  it('is no more than a query takes, and says so', async () => {
    const opened = new OpenedFiles();
    opened.add(Array.from({ length: mostOpened + 3 }, (_, i) => file(`${i}.jpg`)));
    const all = await takeAll(opened);
    expect(all).toHaveLength(mostOpened + 1);
    expect(all.at(-1)).toMatchObject({ kind: 'refused', error: { code: 'invalid-arguments' } });
  });

  it('is named by absolute paths only', async () => {
    const opened = new OpenedFiles();
    opened.add(['a.jpg', '', `${folder}/a\0.jpg`]);
    expect(await opened.take()).toBeNull();
  });
});
