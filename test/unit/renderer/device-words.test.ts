import { expect, it } from 'vitest';
import type { Device } from '../../../src-main/contract/index.ts';
import { deviceWords } from '../../../src-renderer/device-words.ts';

const device = (change: Partial<Device>): Device => ({
  provider: 'webgpu',
  verdict: 'right',
  detail: '',
  milliseconds: null,
  ...change,
});

it.each<[Partial<Device>, string]>([
  [{ milliseconds: 6.53 }, '6.5 ms a test picture'],
  [{ milliseconds: 1442.5 }, '1443 ms a test picture'],
  [{ verdict: 'wrong', detail: 'Its numbers differ.', milliseconds: 1 }, 'not used: Its numbers differ.'],
  [{ verdict: 'missing', detail: 'no adapter' }, 'not on this machine'],
  [{ verdict: 'crashed', detail: 'It was lost.' }, 'not used, it failed: It was lost.'],
  [{ verdict: 'slow' }, 'not used: it gave no answer in time'],
])('a device that was %o is said to be: %s', (change, words) => {
  expect(deviceWords(device(change))).toBe(words);
});
