import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { dataFolder } from '../../../src-main/vision/data-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('keeps library and models side by side', () => {
  vi.stubEnv('SEMBLANCE_LIBRARY', '');
  vi.stubEnv('SEMBLANCE_MODELS', '');
  vi.stubEnv('XDG_DATA_HOME', '/data');
  const [library, models] = [dataFolder('library'), dataFolder('models')];
  expect(path.dirname(library)).toBe(path.dirname(models));
  expect([library, models].map((folder) => path.basename(folder))).toEqual(['library', 'models']);
  if (process.platform === 'linux') expect(library).toBe('/data/semblance/library');
});

it('keeps each where the environment says, without moving the other', () => {
  vi.stubEnv('SEMBLANCE_MODELS', '');
  const models = dataFolder('models');
  vi.stubEnv('SEMBLANCE_LIBRARY', 'mine');
  expect(dataFolder('library')).toBe(path.resolve('mine'));
  expect(dataFolder('models')).toBe(models);
});
