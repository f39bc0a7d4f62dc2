/** A saved search in words. */
import type { SavedSearch } from '../../src-main/contract/index.ts';
import { count, listed } from '../wording.ts';

/** So many examples are named. */
const mostNames = 3;

// @wc-include
const filteredWord = 'filtered';

/** E.g. 'like beach.jpg and part of boat.jpg, unlike town.jpg, filtered'. */
export function savedWords({ examples, filter, whitening }: SavedSearch): string {
  const wanted = examples.filter(({ weight }) => weight >= 0);
  const unwanted = examples.filter(({ weight }) => weight < 0);
  return [
    wanted.length > 0 && `like ${namesOf(wanted)}`,
    unwanted.length > 0 && `unlike ${namesOf(unwanted)}`,
    Object.keys(filter).length > 0 && filteredWord,
    whitening !== null && 'with its own whitening',
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function namesOf(examples: SavedSearch['examples']): string {
  const named = examples.slice(0, mostNames).map(nameOf);
  const others = examples.length - named.length;
  return listed(others > 0 ? [...named, `${count(others)} more`] : named);
}

function nameOf({ name, crop, isMissing }: SavedSearch['examples'][number]): string {
  if (crop) return isMissing ? `part of ${name} (gone)` : `part of ${name}`;
  // @wc-include
  return isMissing ? `${name} (gone)` : name;
}
