/** A page of the guide becomes markup, when the interface is built. */
import MarkdownIt, { type StateCore, type Token } from 'markdown-it';
import { isReadingAddress } from '../../src-main/contract/index.ts';
import { math } from './math.ts';

export interface RenderedPage {
  title: string;
  html: string;
  /** As they are written in the page, e.g. `../screenshots/search-wide-light.webp`. */
  pictures: string[];
  /** Other pages that it leads to, each with the heading there; '' for the page's beginning. */
  links: { page: string; anchor: string }[];
  /** What its headings can be reached by, in their order. */
  anchors: string[];
}

/** Markup of a picture by its path, and by what it shows in words. */
export type PictureMarkup = (path: string, words: string) => string;

/** The name that a heading can be reached by, as on GitHub. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function attributeOf(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? '');
}

function textOf(token: Token | undefined): string {
  const parts = token?.children ?? [];
  return parts
    .map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : ''))
    .join('');
}

/** @throws where a link leads neither to a page, nor to where papers are read */
function setLink(token: Token, page: RenderedPage): void {
  const address = attributeOf(token, 'href');
  const found = /^(?:(?:\.\.\/|de\/)?([a-zA-Z0-9-]+)\.md)?(?:#(.+))?$/.exec(address);
  if (found) {
    const [, name = '', encoded = ''] = found;
    const anchor = decodeURIComponent(encoded);
    page.links.push({ page: name, anchor });
    token.attrSet('href', `./#guide/${name}/${anchor}`);
    token.attrSet('data-page', name);
    token.attrSet('data-anchor', anchor);
    return;
  }
  if (!isReadingAddress(address)) throw new Error(`The guide may not lead to ${address}.`);
  token.attrSet('target', '_blank');
  token.attrSet('rel', 'noopener noreferrer');
}

/** Gathers headings, links and pictures, and gives them the attributes that the page reads. */
function gather({ tokens, env }: StateCore): void {
  const page = env['page'] as RenderedPage;
  const anchors = env['anchors'] as readonly string[];
  tokens.forEach((token, index) => {
    if (token.type === 'heading_open') {
      const heading = textOf(tokens[index + 1]);
      if (token.tag === 'h1') page.title = heading;
      const anchor = anchors[page.anchors.length] ?? anchorOf(heading);
      page.anchors.push(anchor);
      token.attrSet('id', anchor);
      token.attrSet('tabindex', '-1');
    }
    for (const child of token.children ?? []) {
      if (child.type === 'link_open') setLink(child, page);
      if (child.type === 'image') page.pictures.push(attributeOf(child, 'src'));
    }
  });
}

const markdown = new MarkdownIt({ html: false }).use(math);
markdown.core.ruler.push('gather', gather);

markdown.renderer.rules['image'] = (tokens, index, _options, env) => {
  const token = tokens[index];
  const pictureMarkup = env?.['pictureMarkup'] as PictureMarkup;
  return pictureMarkup(attributeOf(token, 'src'), markdown.utils.escapeHtml(token.content));
};

/**
 * @param anchors what the headings can be reached by, in their order, where that is not made of their own words
 * @throws where a formula cannot be read, or a link may not be followed
 */
export function renderPage(
  source: string,
  pictureMarkup: PictureMarkup = () => '',
  anchors: readonly string[] = [],
): RenderedPage {
  const page: RenderedPage = { title: '', html: '', pictures: [], links: [], anchors: [] };
  page.html = markdown.render(source, { page, pictureMarkup, anchors });
  return page;
}
