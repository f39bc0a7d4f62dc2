import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BinnedFile, BinOutcome, DuplicateKind, RestoreOutcome } from '../../src-main/contract/index.ts';
import { writeDuplicates } from '../fixtures/duplicate-photos.ts';
import { answerOf, type Ended, runSemblance } from '../fixtures/run-semblance.ts';

interface Printed {
  threshold: number;
  complete: boolean;
  groups: { kind: DuplicateKind; keep: { path: string; reason: string }; members: { path: string }[] }[];
  bin: BinOutcome | null;
}

let root: string;
let photos: string;

function run(...args: string[]): Promise<Ended> {
  const env = { ...process.env, XDG_DATA_HOME: join(root, 'data') };
  return runSemblance([...args, '--library', join(root, 'library')], { env });
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  return answerOf(await run(...args, '--json')) as Answer;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'semblance-duplicates-terminal-'));
  photos = join(root, 'photos');
  await writeDuplicates(photos);
  expect((await run('index', photos)).code).toBe(0);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a terminal', () => {
  const copy = (): string => join(photos, 'copies/towns-1 (1).jpg');

  it('lists groups of a kind with the photo to keep and its reason', async () => {
    const { groups, complete, bin } = await json<Printed>('duplicates', '--kind', 'identical');
    expect({ complete, bin }).toEqual({ complete: true, bin: null });
    expect(groups).toHaveLength(1);
    expect(groups[0].keep).toEqual({
      path: join(photos, 'towns/towns-1.jpg'),
      photoId: expect.any(Number) as number,
      reason: 'the oldest file',
    });
    const { output } = await run('duplicates', '--threshold', '0.95', '--kind', 'same-picture');
    expect(output).toContain('same-picture; keep the first: more detail');
    expect(output).toContain('* ');
  });

  it('marks all that are kept, and would move none of them to the bin', async () => {
    const asked = ['duplicates', '--kind', 'identical', '--bin-suggested'];
    await json('keep', copy());
    const { groups } = await json<Printed>(...asked);
    expect(groups[0].keep).toMatchObject({ path: copy(), reason: 'you chose it' });
    expect(groups[0].members).toMatchObject([{ kept: true }, { kept: false }]);
    await json('keep', join(photos, 'towns/towns-1.jpg'));
    expect((await run(...asked)).output).not.toContain('would go to the bin');
    expect((await json<Printed>(...asked, '--yes')).bin).toEqual({ binned: [], failed: [] });
    await json('undo');
    await json('undo');
  });

  it('refuses a threshold or a kind that is none', async () => {
    expect((await run('duplicates', '--threshold', '2')).errors).toContain('a number from 0.3 to 1');
    expect((await run('duplicates', '--kind', 'twin')).errors).toContain('one of identical');
  });

  it.skipIf(process.platform !== 'linux')(
    'moves what is suggested to the bin only when that is confirmed, and brings it back (Linux only)',
    async () => {
      const asked = ['duplicates', '--kind', 'identical', '--bin-suggested'];
      expect((await run(...asked)).output).toContain('1 photo without * would go to the bin');
      expect(existsSync(copy())).toBe(true);
      const { bin } = await json<Printed>(...asked, '--yes');
      expect(bin?.binned.map(({ path }) => path)).toEqual([copy()]);
      expect(existsSync(copy())).toBe(false);
      expect(readdirSync(join(root, 'data/Trash/files'))).toHaveLength(1);
      expect(await json<BinnedFile[]>('bin', 'list')).toMatchObject([{ path: copy(), canRestore: true }]);
      const { restored } = await json<RestoreOutcome>('bin', 'restore', '--latest');
      expect(restored.map(({ path }) => path)).toEqual([copy()]);
      expect(existsSync(copy())).toBe(true);
      expect((await run('bin', 'restore', '--latest')).errors).toContain('Name files that are in the bin');
    },
  );
});
