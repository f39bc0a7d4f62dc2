import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import { expect, test } from './fixtures.ts';
import { goTo, indexed } from './steps.ts';

test('a person imports a model, tries it out, describes the photos by it, and cannot remove it then', async ({
  app,
  photos,
}) => {
  const { page } = app;
  const dialog = page.getByRole('dialog');
  await indexed(app, photos);
  await expect(page.getByRole('contentinfo')).toContainText('Ready');

  const model = join(photos, 'models', 'tiny-transformer.onnx');
  mkdirSync(join(photos, 'models'));
  writeFileSync(model, visionTransformer({ patch: 16, channels: 16, blocks: 2, side: null, registers: 0 }));
  writeFileSync(join(photos, 'models', 'none.onnx'), 'no network');
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Import a model' }).click();
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(join(photos, 'models', 'none.onnx'));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText(/no network|not an ONNX file/);
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(model);
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('tiny-transformer');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();

  await expect(page.getByRole('region', { name: 'Devices' })).toContainText(/Processor.*ms a test picture/);

  const imported = page.getByRole('article', { name: 'tiny-transformer' });
  await expect(imported).toContainText('3 taps · any size');
  await imported.getByRole('button', { name: /^Tune with/ }).click();
  await expect(page.getByRole('tab', { name: /^Model.*changed/ })).toContainText('tiny-transformer');
  const apply = page.getByRole('region', { name: 'Apply' });
  await expect(apply).toContainText(/24 photos/);
  await apply.getByRole('button', { name: 'Apply the draft' }).click();
  await dialog.getByRole('button', { name: 'Read them and apply' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible({ timeout: 60_000 });

  await goTo(page, 'Settings');
  await expect(imported).toContainText('describes the photos');
  await expect(imported.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('article', { name: /^MobileNetV2/ }).getByRole('button')).toHaveCount(1);
});
