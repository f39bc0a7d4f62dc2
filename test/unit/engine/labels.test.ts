import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderLabels, folderLabelsVersion } from '../../../src-main/engine/labels.ts';
import { Library } from '../../../src-main/library/index.ts';

let root: string;
let library: Library;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'semblance-labels-'));
  library = Library.open(join(root, 'library'), 'write');
});

afterEach(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

function record(directory: string, name: string, hash: string): number {
  const folderId = library.folders.add(root, 1).id;
  const contentId = library.contents.add({ hash, width: 1, height: 1, format: 'jpeg' });
  library.photos.record({ folderId, directory, name, sizeBytes: 1, modifiedAtMs: 1 }, contentId, 1);
  return contentId;
}

describe('folder labels', () => {
  it('are the same for photos of one folder, and others for those of another', () => {
    const [first, second, third] = [
      record('cats', '1.jpg', 'a'),
      record('cats', '2.jpg', 'b'),
      record('dogs', '3.jpg', 'c'),
    ];
    const { contentIds, labels } = folderLabels(library);
    const labelOf = new Map(contentIds.map((id, i) => [id, labels[i]]));
    expect(labelOf.get(first)).toBe(labelOf.get(second));
    expect(labelOf.get(first)).not.toBe(labelOf.get(third));
  });

  it('follow a photo that moves to a folder whose name is as long, and keep their version while nothing moves', () => {
    record('cats', '1.jpg', 'a');
    const moved = record('cats', '2.jpg', 'b');
    const before = folderLabels(library);
    const version = folderLabelsVersion(library);
    library.settings.change({ lowPriority: true });
    expect(folderLabelsVersion(library)).toBe(version);
    expect(folderLabels(library)).toBe(before);

    const [, file] = library.photos.filesOfFolder(library.folders.list()[0].id);
    library.change(() => library.photos.move(file.id, { ...file, directory: 'dogs' }));
    const { contentIds, labels } = folderLabels(library);
    expect(new Set(labels).size).toBe(2);
    expect(contentIds).toContain(moved);
    expect(folderLabelsVersion(library)).not.toBe(version);
  });
});
