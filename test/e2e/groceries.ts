/** Real photos for pictures of the window: shelves of a shop (Grocery Store Dataset, MIT), with a few doubles among them. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const groceries = resolve('../shared/data/grocery');
const products = [
  'Anjou', 'Arla-Sour-Milk', 'Aubergine', 'Banana', 'Beef-Tomato', 'Bravo-Apple-Juice', 'Carrots', 'Garlic',
  'Golden-Delicious', 'Green-Bell-Pepper', 'Honeydew-Melon', 'Lime', 'Oatly-Oat-Milk', 'Orange', 'Papaya',
  'Red-Bell-Pepper', 'Red-Beet', 'Tropicana-Apple-Juice', 'Yellow-Onion', 'Yoggi-Strawberry-Yoghurt',
]; // prettier-ignore
const photosPerProduct = 10;

export const hasGroceries = existsSync(groceries);

/** Copies them to a folder, a folder a product, and adds doubles and one file that is no photo. */
export async function writeGroceries(root: string): Promise<void> {
  for (const product of products) {
    mkdirSync(join(root, product), { recursive: true });
    const names = readdirSync(join(groceries, product)).sort().slice(0, photosPerProduct);
    for (const name of names) cpSync(join(groceries, product, name), join(root, product, name));
  }
  const photo = (product: string, place: number): string =>
    join(root, product, readdirSync(join(root, product)).sort()[place]);
  const copies = join(root, 'Copies');
  mkdirSync(copies);
  const later = new Date(Date.now() + 60_000);
  for (const product of ['Banana', 'Lime', 'Papaya']) {
    const copy = join(copies, `${product} (1).jpg`);
    copyFileSync(photo(product, 1), copy);
    utimesSync(copy, later, later);
  }
  for (const product of ['Carrots', 'Orange', 'Garlic', 'Anjou']) {
    const small = sharp(photo(product, 2)).resize(260).jpeg({ quality: 70 });
    await small.toFile(join(copies, `${product} for the web.jpg`));
  }
  writeFileSync(join(root, 'broken.jpg'), 'This was never a photo.');
}
