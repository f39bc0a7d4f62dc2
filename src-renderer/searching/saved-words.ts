/** A saved search in words. */
import type { SavedSearch } from '../../src-main/contract/index.ts';
import { count } from '../wording.ts';

/** So many examples are named. */
const mostNames = 3;

/** E.g. 'like beach.jpg and part of boat.jpg, unlike town.jpg, filtered'. */
export function savedWords({ examples, filter, whitening }: SavedSearch): string {
  const wanted = examples.filter(({ weight }) => weight >= 0);
  const unwanted = examples.filter(({ weight }) => weight < 0);
  return [
    wanted.length > 0 && `like ${namesOf(wanted)}`,
    unwanted.length > 0 && `unlike ${namesOf(unwanted)}`,
    Object.keys(filter).length > 0 && 'filtered',
    whitening !== null && 'with its own whitening',
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function namesOf(examples: SavedSearch['examples']): string {
  const named = examples
    .slice(0, mostNames)
    .map(({ name, crop, isMissing }) => `${crop ? 'part of ' : ''}${name}${isMissing ? ' (gone)' : ''}`);
  const others = examples.length - named.length;
  const all = others > 0 ? [...named, `${count(others)} more`] : named;
  if (all.length === 1) return all[0];
  return `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`;
}
