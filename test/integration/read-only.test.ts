import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src-main/engine/index.ts';
import { mountObstacle, runMounted } from '../fixtures/mounted.ts';
import type { ReadOnlyReport } from '../fixtures/read-only-child.ts';
import { recordPhoto } from '../fixtures/recorded-photos.ts';

const child = fileURLToPath(new URL('../fixtures/read-only-child.ts', import.meta.url));
const obstacle = mountObstacle();

let root: string;
let libraryPath: string;
let before: unknown;
let report: ReadOnlyReport;

/** Every file of the library, byte by byte. */
function everything(): unknown {
  return readdirSync(libraryPath).map((name) => {
    const file = join(libraryPath, name);
    return { name, bytes: readFileSync(file).toString('base64'), modifiedAtMs: statSync(file).mtimeMs };
  });
}

async function tag(): Promise<string[]> {
  const engine = Engine.open({ libraryPath, access: 'write' });
  const id = recordPhoto(engine.library, root, 'a.jpg');
  const photos = { photoIds: [id] };
  await engine.call('changeTags', { photos, add: [`tag ${Date.now()}`], remove: [] });
  const { tags } = engine.library.photos.details(id);
  await engine.close();
  return tags;
}

describe.skipIf(obstacle !== null)(`a folder that can only be read (${obstacle ?? 'mounted so'})`, () => {
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'semblance-read-only-'));
    const disk = join(root, 'disk');
    libraryPath = join(disk, 'library');
    mkdirSync(disk);
    await tag();
    before = everything();
    const task = { libraryPath, nowhere: join(disk, 'another') };
    report = (await runMounted({ kind: 'read-only' }, disk, child, task)) as ReadOnlyReport;
  }, 180_000);

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(['writing', 'reading', 'repairing'] as const)('is what %s says, and what to do', (action) => {
    expect(report[action]).toMatchObject({
      code: 'library-read-only',
      message: expect.stringMatching(/^Nothing can be written to .*--library DIR/) as string,
    });
  });

  it('cannot hold a new library, and says so', () => {
    expect(report.making?.code).toMatch(/^(?:library-read-only|no-library)$/);
    expect(report.making?.message).toContain('--library DIR');
  });

  it('is left as it was, and works when it can be written again', async () => {
    expect(everything()).toEqual(before);
    expect(await tag()).toHaveLength(2);
  });
});
