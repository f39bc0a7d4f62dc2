/** The guide cut up by headings: what is looked through, and what the list of contents is made of. */
import type { GuidePage } from './pages.ts';

/** What stands under one heading. */
export interface Section {
  page: string;
  pageTitle: string;
  anchor: string;
  title: string;
  /** Without the heading. */
  text: string;
}

/** A heading of the contents with the pages under it. */
export interface ContentsGroup {
  title: string;
  pages: { name: string; title: string }[];
}

export function parsedMarkup(html: string): HTMLElement {
  return new DOMParser().parseFromString(html, 'text/html').body;
}

export function sectionsOf({ name, title, html }: GuidePage): Section[] {
  const sections: Section[] = [];
  for (const element of parsedMarkup(html).children) {
    const text = element.textContent.replaceAll(/\s+/g, ' ').trim();
    const last = sections.at(-1);
    if (element.matches('h1, h2, h3')) {
      sections.push({ page: name, pageTitle: title, anchor: element.id, title: text, text: '' });
    } else if (last) last.text = `${last.text} ${text}`.trim();
  }
  return sections;
}

/** Sections that hold every word, those first that hold one in their heading. */
export function sectionsWith(words: string, sections: readonly Section[]): Section[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const found = sections.filter(({ title, text }) => {
    const all = `${title} ${text}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
  const isNamed = ({ title }: Section): boolean => wanted.some((word) => title.toLowerCase().includes(word));
  return [...found.filter(isNamed), ...found.filter((section) => !isNamed(section))];
}

/** Characters of a section that are shown around the first word. */
const charactersBefore = 40;
const charactersShown = 160;

/** The part of a section's text around the first of the words. */
export function excerptOf({ text }: Section, words: string): string {
  const [first = ''] = words.trim().toLowerCase().split(/\s+/);
  const place = Math.max(0, text.toLowerCase().indexOf(first));
  const start = place <= charactersBefore ? 0 : text.indexOf(' ', place - charactersBefore) + 1;
  const excerpt = text.slice(start, start + charactersShown);
  return `${start > 0 ? '… ' : ''}${excerpt}${start + charactersShown < text.length ? ' …' : ''}`;
}

/** The list of pages that the contents page holds. */
export function contentsOf(html: string): ContentsGroup[] {
  return [...parsedMarkup(html).querySelectorAll('h2')].map((heading) => ({
    title: heading.textContent,
    pages: [...(heading.nextElementSibling?.querySelectorAll<HTMLElement>('a[data-page]') ?? [])].map(
      (link) => ({ name: link.dataset['page'] ?? '', title: link.textContent }),
    ),
  }));
}
