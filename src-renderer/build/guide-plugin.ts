/** Makes modules of the guide's pages, so that the interface has markup and nothing of what made it. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import sharp from 'sharp';
import type { Plugin } from 'vite';
import { renderFile } from './render-file.ts';

/** A picture that a page shows. */
interface Picture {
  file: string;
  /** Its size keeps its place while it loads. */
  width: number;
  height: number;
  /** Of an element that is seen on light ground only, or on dark; '' where there is one picture for both. */
  themeClass: string;
}

/** A picture whose name ends in -light has a dark twin beside it. */
async function picturesOf(file: string): Promise<Picture[]> {
  const dark = file.replace(/-light(?=\.\w+$)/, '-dark');
  const hasTwin = dark !== file && existsSync(dark);
  const shown = hasTwin
    ? [
        { file, themeClass: 'on-light' },
        { file: dark, themeClass: 'on-dark' },
      ]
    : [{ file, themeClass: '' }];
  return Promise.all(
    shown.map(async (each) => {
      const { width, height } = await sharp(each.file).metadata();
      return { ...each, width, height };
    }),
  );
}

/** JavaScript of a page's module. The build gives pictures their addresses, so that they are imported. */
async function moduleOf(pageFile: string): Promise<string> {
  const paths = [...new Set(renderFile(pageFile).pictures)];
  const shown = await Promise.all(paths.map((path) => picturesOf(resolve(dirname(pageFile), path))));
  const pictures = shown.flat();
  const { title, html } = renderFile(pageFile, (path, words) =>
    (shown[paths.indexOf(path)] ?? [])
      .map((picture) => {
        const { width, height, themeClass } = picture;
        const size = `width="${width}" height="${height}"`;
        return `<img class="${themeClass}" src="picture:${pictures.indexOf(picture)};" alt="${words}" ${size} loading="lazy">`;
      })
      .join(''),
  );
  const imports = pictures.map(
    ({ file }, index) => `import picture${index} from ${JSON.stringify(`${file}?url`)};\n`,
  );
  const markup = JSON.stringify(html).replaceAll(/picture:(\d+);/g, '" + picture$1 + "');
  return `${imports.join('')}export const page = { title: ${JSON.stringify(title)}, html: ${markup} };\n`;
}

export function guidePages(): Plugin {
  return {
    name: 'semblance-guide',
    enforce: 'pre',
    load: {
      filter: { id: /\.md$/ },
      handler: async (id) => ({ code: await moduleOf(id), moduleType: 'js', map: { mappings: '' } }),
    },
  };
}
