import { expect, test } from './fixtures.ts';
import { goTo } from './steps.ts';

const views = ['Bibliothek', 'Suche', 'Duplikate', 'Karte', 'Abstimmen', 'Qualität', 'Einstellungen'];

test('a person chooses a language: everything speaks it, what the engine says as well, and it is remembered', async ({
  app,
}) => {
  const { page } = app;
  await goTo(page, 'Settings');
  await page.getByLabel('Language of the window').selectOption('Deutsch');
  await expect(page.getByRole('navigation').getByRole('button')).toHaveText(views);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');

  for (const view of views) {
    await page.getByRole('navigation').getByText(view).click();
    await expect(page.getByRole('navigation').getByRole('button', { name: view })).toHaveAttribute(
      'aria-current',
      'page',
    );
    await expect(page.getByRole('main')).not.toHaveText(/\b(the|and|photos|photo|folder)\b/);
  }
  await page.getByRole('button', { name: 'Ordner hinzufügen' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Ordnerpfad' }).fill('/not/there');
  await dialog.getByRole('button', { name: 'Hinzufügen' }).click();
  await expect(dialog.getByRole('alert')).toHaveText(/Ordner/);
  await expect(dialog.getByRole('alert')).not.toHaveText(/There|only under|Check/);
  await page.keyboard.press('Escape');

  if (app.electron) {
    const menu = await app.electron.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.items.map(({ label }) => label),
    );
    expect(menu).toEqual(['Datei', 'Bearbeiten', 'Ansicht', 'Fenster', 'Hilfe']);
  }

  await page.reload();
  await page.getByRole('navigation').getByText('Einstellungen').click();
  await page.getByLabel('Sprache des Fensters').selectOption('English');
  await expect(page.getByRole('navigation')).toContainText('Duplicates');
});
