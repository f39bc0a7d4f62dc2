import { expect, it } from 'vitest';
import type { Device } from '../../../src-main/contract/index.ts';
import { deviceWords } from '../../../src-renderer/device-words.ts';

const device = (change: Partial<Device>): Device => ({
  provider: 'webgpu',
  verdict: 'right',
  detail: '',
  milliseconds: null,
  precision: 'single',
  half: null,
  ...change,
});

it.each<[Partial<Device>, string]>([
  [{ milliseconds: 6.53 }, '6.5 ms a test picture'],
  [{ milliseconds: 1442.5 }, '1443 ms a test picture'],
  [
    { milliseconds: 6.53, precision: 'half', half: { verdict: 'right', detail: '', milliseconds: 3.1 } },
    '3.1 ms a test picture in half precision, 6.5 ms in single',
  ],
  [
    {
      milliseconds: 6.53,
      half: { verdict: 'missing', detail: 'The device has no half precision.', milliseconds: null },
    },
    '6.5 ms a test picture; half precision is not used: The device has no half precision.',
  ],
  [{ verdict: 'wrong', detail: 'Its numbers differ.', milliseconds: 1 }, 'not used: Its numbers differ.'],
  [{ verdict: 'missing', detail: 'no adapter' }, 'not on this machine'],
  [{ verdict: 'crashed', detail: 'It was lost.' }, 'not used, it failed: It was lost.'],
  [{ verdict: 'slow' }, 'not used: it gave no answer in time'],
])('a device that was %o is said to be: %s', (change, words) => {
  expect(deviceWords(device(change))).toBe(words);
});
