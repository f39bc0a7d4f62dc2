/** A stored page of the guide becomes markup, a translation with the addresses of the page that it translates. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type PictureMarkup, type RenderedPage, renderPage } from './render-page.ts';

/** English pages lie in this folder, their translations in folders inside it. */
const guideFolder = 'guide';

/** What headings of a translation are reached by: links lead to one address in every language, translated or not. */
function anchorsOfOriginal(pageFile: string): string[] {
  const folder = dirname(pageFile);
  if (basename(folder) === guideFolder) return [];
  return renderPage(readFileSync(join(dirname(folder), basename(pageFile)), 'utf8')).anchors;
}

/** @throws as `renderPage`, and where a translation has no original */
export function renderFile(pageFile: string, pictureMarkup?: PictureMarkup): RenderedPage {
  return renderPage(readFileSync(pageFile, 'utf8'), pictureMarkup, anchorsOfOriginal(pageFile));
}
