import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryFor, inPieces, modelBytes, serveModel, writeCatalogue } from '../fixtures/model-server.ts';
import { visionTransformer } from '../fixtures/vision-transformer.ts';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { applyAsNeeded, applyByReading, goTo, ready } from './steps.ts';

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
  await ready(app, photos);

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
  await applyByReading(page);

  await goTo(page, 'Settings');
  await expect(imported).toContainText('describes the photos');
  await expect(imported.getByRole('button', { name: /^(Tune with|Remove)/ })).toHaveCount(0);
  const first = page.getByRole('article', { name: /^MobileNetV2/ });
  await expect(first.getByRole('button', { name: /^Tune with/ })).toBeVisible();
});

test('a person measures how long photos take, and what an eight-bit copy of the model gains', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await goTo(page, 'Settings');
  const profiles = page.getByRole('region', { name: 'How photos are read' });
  await expect(profiles.getByRole('listitem', { name: 'Balanced' })).toContainText('in use');
  await profiles.getByRole('button', { name: 'Measure' }).click();
  for (const name of ['Fast', 'Balanced', 'Thorough']) {
    await expect(profiles.getByRole('listitem', { name })).toContainText(/\/s, \d+ s for 24 photos/);
  }

  await page.getByRole('button', { name: '8-bit copy: MobileNetV2' }).click();
  // How much depends on the processor; where it is too little, that is said, and no copy is kept.
  await expect(page.getByText(/\d times as fast/).first()).toBeVisible({ timeout: 120_000 });

  await profiles.getByRole('button', { name: 'Tune with it: Fast' }).click();
  await expect(page.getByRole('tab', { name: /^Size.*changed/ })).toBeVisible();
  // Where no copy was kept, what the draft needs is in the cache.
  await applyAsNeeded(page);
  await goTo(page, 'Settings');
  await expect(profiles.getByRole('listitem', { name: 'Fast' })).toContainText('in use');
});

/** With a catalogue that leads to a slow server on this machine. */
const withCatalogue = test.extend<{ catalogue: string }>({
  catalogue: async ({ folder }, use) => {
    const server = await serveModel(inPieces(20_000, 60));
    const file = join(folder, 'catalogue.json');
    writeCatalogue(file, [
      entryFor(server.address),
      entryFor(null, { name: 'other', title: 'Model without an address' }),
    ]);
    await use(file);
    server.close();
  },
  library: async ({ folder, catalogue }, use) => {
    expect(catalogue).toContain(folder);
    await use(join(folder, 'library'));
  },
});

withCatalogue(
  'a person downloads a recommended model, stops on the way, goes on, and may tune with it then',
  async ({ app }) => {
    const { page } = app;
    await goTo(page, 'Settings');
    const offered = page.getByRole('article', { name: 'Recommended: Tiny transformer' });
    await expect(offered).toContainText('Licence: MIT');
    await expect(offered).toContainText('From 127.0.0.1:');
    await offered.getByRole('button', { name: /^Download .*: Tiny transformer$/ }).click();
    await expect(offered.getByRole('status')).toContainText(
      /Downloading Tiny transformer · \d+ kB of \d+ kB/,
    );
    await expect(offered.getByRole('progressbar')).toBeVisible();
    await offered.getByRole('button', { name: 'Cancel' }).click();
    await offered.getByText(/^Go on \(\d+ kB of \d+ kB\)$/).click();
    await offered.getByRole('button', { name: 'Pause' }).click();
    await expect(offered.getByRole('status')).toContainText('paused');
    await offered.getByRole('button', { name: 'Resume' }).click();
    await expect(offered).toContainText('installed', { timeout: 20_000 });
    await expect(offered.getByRole('button')).toHaveCount(0);
    const installed = page.getByRole('article', { name: 'Tiny transformer', exact: true });
    await expect(installed).toContainText('Shows how a model gets here.');
    await expect(installed.getByRole('button', { name: 'Tune with it: Tiny transformer' })).toBeVisible();
  },
);

withCatalogue('a person adds a recommended model from a file that they have got', async ({ app, folder }) => {
  const { page } = app;
  const dialog = page.getByRole('dialog');
  const [right, wrong] = [join(folder, 'right.onnx'), join(folder, 'wrong.onnx')];
  writeFileSync(right, modelBytes);
  writeFileSync(wrong, 'another file');
  await goTo(page, 'Settings');
  const offered = page.getByRole('article', { name: 'Recommended: Model without an address' });
  await expect(offered.getByRole('button')).toHaveCount(1);
  await offered.getByRole('button', { name: 'Add from a file: Model without an address' }).click();
  await expect(dialog).toContainText('Ask the test for it.');
  await expect(dialog).toContainText('print("model")');
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(wrong);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('its sha256 differs');
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(right);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(offered).toContainText('installed');
  await expect(page.getByRole('button', { name: 'Tune with it: Model without an address' })).toBeVisible();
});

test('a person adds a second model, reads the photos for it, sees what it finds, applies it and searches', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await beginImport(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'ONNX file' }).fill(tinyTransformer(photos));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toBeHidden();

  await goTo(page, 'Tune');
  await page.getByRole('tab', { name: /^Model/ }).click();
  const stage = page.getByRole('tabpanel');
  await stage.getByRole('button', { name: 'Add as second: tiny-transformer' }).click();
  const tab = page.getByRole('tab', { name: /^Model/ });
  await expect(tab).toContainText('default + tiny-transformer');
  await expect(tab).toContainText('needs a look');
  await stage.getByRole('button', { name: 'Take away tiny-transformer' }).click();
  await expect(page.getByText('This is what is in service.')).toBeVisible();
  await stage.getByRole('button', { name: 'Add as second: tiny-transformer' }).click();
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
    await expect(model.getByRole('button', { name: /^(Tune with|Remove)/ })).toHaveCount(0);
  }
});
