/** onnxruntime's official builds report to their maker unless they are kept from it; see vision/onnxruntime.ts. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePhoto } from '../fixtures/generated-photos.ts';
import { runSemblance } from '../fixtures/run-semblance.ts';

it('the runtime of the models leaves neither an identity of the machine nor reports to be sent', async () => {
  const home = mkdtempSync(join(tmpdir(), 'semblance-home-'));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    // Tests themselves are kept from reporting, and so is whatever runs in continuous integration.
    ORT_DISABLE_TELEMETRY: undefined,
    CI: undefined,
  };
  const photos = join(home, 'photos');
  mkdirSync(photos);
  await writePhoto(photos, 'one.jpg', 1);
  const { code, errors } = await runSemblance(['index', '--library', join(home, 'library'), photos], { env });
  expect({ code, errors }).toMatchObject({ code: 0 });
  const left = readdirSync(home, { recursive: true, encoding: 'utf8' });
  expect(left.filter((path) => /microsoft|onnxruntime|deviceid/i.test(path))).toEqual([]);
  rmSync(home, { recursive: true });
});
