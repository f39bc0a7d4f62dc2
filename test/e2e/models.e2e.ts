import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { goTo, indexed } from './steps.ts';

/** Writes a small network beside the photos; returns its path. */
function tinyTransformer(photos: string): string {
  const model = join(photos, 'models', 'tiny-transformer.onnx');
  mkdirSync(join(photos, 'models'));
  writeFileSync(model, visionTransformer({ patch: 16, channels: 16, blocks: 2, side: null, registers: 0 }));
  return model;
}

async function beginImport(page: Page): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Import a model' }).click();
}

test('a person imports a model, tries it out, describes the photos by it, and cannot remove it then', async ({
  app,
  photos,
}) => {
  const { page } = app;
  const dialog = page.getByRole('dialog');
  await indexed(app, photos);
  await expect(page.getByRole('contentinfo')).toContainText('Ready');

  const model = tinyTransformer(photos);
  writeFileSync(join(photos, 'models', 'none.onnx'), 'no network');
  await beginImport(page);
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
  await expect(page.getByRole('tab', { name: /^Model.*needs a look/ })).toContainText('tiny-transformer');
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

test('a person adds a second model, reads the photos for it, sees what it finds, applies it and searches', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await indexed(app, photos);
  await expect(page.getByRole('contentinfo')).toContainText('Ready');
  await beginImport(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(tinyTransformer(photos));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toBeHidden();

  await goTo(page, 'Tune');
  await page.getByRole('tab', { name: /^Model/ }).click();
  const stage = page.getByRole('tabpanel');
  await stage.getByRole('button', { name: 'Add tiny-transformer as second model' }).click();
  const tab = page.getByRole('tab', { name: /^Model/ });
  await expect(tab).toContainText('default + tiny-transformer');
  await expect(tab).toContainText('needs a look');
  await stage.getByRole('button', { name: 'Take away tiny-transformer' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible();
  await stage.getByRole('button', { name: 'Add tiny-transformer as second model' }).click();
  await page.getByRole('tab', { name: /^Taps/ }).click();
  await expect(stage.getByRole('checkbox', { name: 'Use class of tiny-transformer' })).toBeChecked();

  const apply = page.getByRole('region', { name: 'Apply' });
  await expect(apply).toContainText(/24 photos must be read again/);
  await apply.getByRole('button', { name: 'Read the photos for it' }).click();
  await expect(apply).toContainText('24 photos read for the draft', { timeout: 60_000 });
  const samples = page.getByRole('article', { name: /^Results for/ });
  await expect(samples.first().getByRole('list', { name: /^With the draft/ })).toBeVisible();
  const quality = page.getByRole('region', { name: 'Quality' });
  await expect(quality.getByRole('row', { name: /^mAP/ })).toContainText(/\d\.\d{3}\s+\d\.\d{3}/);
  await expect(tab).toContainText('changed');
  await expect(apply).toContainText('No photo has to be read again.');
  await apply.getByRole('button', { name: 'Apply the draft' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible({ timeout: 60_000 });
  await expect(tab).toContainText('default + tiny-transformer');

  await goTo(page, 'Library');
  await page.getByRole('gridcell', { name: /towns-4\.jpg/ }).focus();
  await page.keyboard.press('Enter');
  const results = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
  await expect(results.nth(4)).toBeVisible();
  for (const text of (await results.allInnerTexts()).slice(0, 5)) expect(text).toContain('towns-');

  await goTo(page, 'Settings');
  for (const name of [/^MobileNetV2/, 'tiny-transformer']) {
    const model = page.getByRole('article', { name });
    await expect(model).toContainText('describes the photos');
    await expect(model.getByRole('button')).toHaveCount(0);
  }
});
