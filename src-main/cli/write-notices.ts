/** `npm run notices`: writes down what is shipped of others, for people and for programs. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { noticesText } from './parts/notices.ts';
import { sbomText } from './parts/sbom.ts';
import { shippedParts, unallowedParts } from './parts/shipped-parts.ts';

const root = resolve(import.meta.dirname, '../..');
const parts = shippedParts(root);
for (const { name, licence } of unallowedParts(parts)) {
  console.error(
    `${name} is under ${licence}, which nobody has agreed to yet (src-main/cli/parts/shipped-parts.ts).`,
  );
  process.exitCode = 1;
}
for (const [file, text] of [
  ['resources/third-party-notices.txt', noticesText(root, parts)],
  ['resources/sbom.cdx.json', sbomText(root, parts)],
]) {
  writeFileSync(join(root, file), text);
  console.log(`${file}: ${parts.length} packages, ${Math.round(text.length / 1000)} kB`);
}
