/** What the system asks for on a person's behalf: more contrast, their own colours, no motion. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { goTo, ready } from './steps.ts';

/** Ratio of luminances of two colours as the browser computes them (WCAG 2.2), 1 … 21. */
function contrastOf(page: Page, token: string, ground: string): Promise<number> {
  return page.evaluate(
    ([one, other]) => {
      const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('no canvas');
      const luminance = (name: string): number => {
        context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    },
    [token, ground] as const,
  );
}

function styleOf(locator: Locator, property: string): Promise<string> {
  return locator.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
}

/** A colour of the system as the browser computes it. */
function systemColour(page: Page, name: string): Promise<string> {
  return page.evaluate((colour) => {
    const probe = document.createElement('span');
    probe.style.setProperty('forced-color-adjust', 'none');
    probe.style.setProperty('color', colour);
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);
}

test('where the system asks for more contrast, letters and lines have it', async ({ app, photos }) => {
  const { page } = app;
  await ready(app, photos);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, contrast: 'more' });
    for (const ground of ['--ground', '--surface', '--raised']) {
      for (const letters of ['--text', '--quiet', '--accent', '--warning']) {
        expect(await contrastOf(page, letters, ground), `${letters} on ${ground}`).toBeGreaterThan(7);
      }
      // Lines and the edges of buttons: WCAG 1.4.11 asks for 3.
      expect(await contrastOf(page, '--line', ground), `--line on ${ground}`).toBeGreaterThan(4.5);
    }
    for (const view of ['Library', 'Tune', 'Quality', 'Settings'] as const) {
      await goTo(page, view);
      await expect(page.getByText('Loading…')).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page })
        .setLegacyMode()
        .withRules(['color-contrast-enhanced'])
        .analyze();
      expect(violations.flatMap(({ nodes }) => nodes.map(({ failureSummary }) => failureSummary))).toEqual(
        [],
      );
    }
  }
});

test('in the colours that a person forces, what is chosen, switched on, or as good as a bar is still seen', async ({
  app,
  photos,
}) => {
  const { page } = app;
  await ready(app, photos);
  await page.emulateMedia({ forcedColors: 'active' });
  const highlight = await systemColour(page, 'Highlight');
  const canvas = await systemColour(page, 'Canvas');
  expect(highlight).not.toBe(canvas);

  const [chosen, other] = [
    page.getByRole('button', { name: 'Library' }),
    page.getByRole('button', { name: 'Map' }),
  ];
  await expect.poll(() => styleOf(chosen, 'background-color')).toBe(highlight);
  await expect.poll(() => styleOf(other, 'background-color')).not.toBe(highlight);

  await page.getByRole('gridcell').first().focus();
  await page.keyboard.press('ArrowRight');
  const cell = page.getByRole('gridcell').nth(1);
  await expect(cell).toBeFocused();
  await expect.poll(() => styleOf(cell, 'outline-style')).toBe('solid');
  await page.keyboard.press('Enter');
  const bar = page.getByRole('listitem').filter({ hasText: '1.000' }).locator('.bar > span');
  await expect.poll(() => styleOf(bar, 'background-color')).toBe(highlight);
  const track = page.getByRole('region', { name: 'Kind or thing' }).locator('.track');
  await expect.poll(() => styleOf(track, 'background-color')).not.toBe(canvas);
  const toggle = page.getByRole('switch', { name: 'Expand the query' });
  const off = await styleOf(toggle, 'background-color');
  await toggle.check();
  await expect.poll(() => styleOf(toggle, 'background-color')).toBe(highlight);
  expect(off).not.toBe(highlight);
});

test('where the system asks for no motion, nothing moves by itself', async ({ app, photos }) => {
  const { page } = app;
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await ready(app, photos);
  const moving = (): Promise<number> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((each) => each !== '0s');
        }).length,
    );
  expect(await moving()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const view of ['Library', 'Search', 'Duplicates', 'Map', 'Tune', 'Quality', 'Settings'] as const) {
    await goTo(page, view);
    await expect(page.getByText('Loading…')).toHaveCount(0);
    expect(await moving(), view).toBe(0);
  }
});
