/** The pages of the guide, each loaded when it is wanted: in the language of the interface, else in English. */
import type { Language } from '../../src-main/contract/index.ts';

/** What the build makes of a page's Markdown (build/guide-plugin.ts). */
interface PageModule {
  title: string;
  html: string;
}

export interface GuidePage extends PageModule {
  /** Its file's, without the ending. */
  name: string;
  language: Language;
}

type Loaders = Record<string, () => Promise<PageModule>>;

const english: Loaders = import.meta.glob<PageModule>('../../resources/guide/*.md', { import: 'page' });
const german: Loaders = import.meta.glob<PageModule>('../../resources/guide/de/*.md', { import: 'page' });

/** The page that all others are listed on. */
export const contentsPage = 'README';

function byName(loaders: Loaders): Map<string, () => Promise<PageModule>> {
  return new Map(
    Object.entries(loaders).map(([path, load]) => [path.replace(/^.*\/|\.md$/g, ''), load] as const),
  );
}

const pagesOf: Readonly<Record<Language, ReturnType<typeof byName>>> = {
  en: byName(english),
  de: byName(german),
};

/** Every page's name. */
export const pageNames: readonly string[] = [...pagesOf.en.keys()];

/** Rejects where its part of the program cannot be had. */
export async function loadPage(name: string, wanted: Language): Promise<GuidePage | null> {
  for (const language of new Set<Language>([wanted, 'en'])) {
    const load = pagesOf[language].get(name);
    if (load) return { ...(await load()), name, language };
  }
  return null;
}
