import { expect, test } from '@playwright/test';
import { obstacle } from './hosts.ts';
import { makePackage } from './packaged.ts';

test('the app is packaged, and no part of it is missing or over its size', async () => {
  const reason = obstacle('package');
  if (reason !== null && process.env['SEMBLANCE_E2E_REQUIRED']) throw new Error(reason);
  test.skip(reason !== null, reason ?? '');
  const printed = await makePackage();
  process.stdout.write(printed);
  expect(printed).toContain('together');
});
