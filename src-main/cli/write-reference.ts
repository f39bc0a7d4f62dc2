/** `npm run reference`: writes the pages of the guide that are made from definitions. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guideFolder, referencePages } from './reference/reference-pages.ts';

for (const [name, text] of await referencePages()) {
  await writeFile(join(guideFolder, name), text);
  console.log(`Wrote ${join(guideFolder, name)}`);
}
