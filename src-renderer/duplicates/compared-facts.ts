/** What is known of two photos, line by line, and which of them is better by it. */
import { formatLocale } from '../language.ts';
import type { DuplicateMember } from '../../src-main/contract/index.ts';
import { takenWords } from '../photo-words.ts';
import { bytes, count, decimal } from '../wording.ts';

export interface ComparedFact {
  name: string;
  values: [string, string];
  /** The place of the better one; null where neither is, or nobody can say. */
  better: 0 | 1 | null;
}

const fileClock = new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'short' });

/** Differences below these shares tell nothing; as in the engine's suggestion. */
const asGood = { bytes: 0.95, sharpness: 0.9 };

export function comparedFacts(pair: readonly [DuplicateMember, DuplicateMember]): ComparedFact[] {
  const [one, other] = pair.map(({ photo }) => photo);
  const sharpness = pair.map((member) => member.sharpness);
  const each = (tell: (member: DuplicateMember) => string): [string, string] => [
    tell(pair[0]),
    tell(pair[1]),
  ];
  const facts: ComparedFact[] = [
    {
      name: 'Pixels',
      values: each(({ photo: { width, height } }) => `${count(width)} × ${count(height)}`),
      better: larger(one.width * one.height, other.width * other.height),
    },
    {
      name: 'Size',
      values: each(({ photo }) => bytes(photo.sizeBytes)),
      // Another format takes more for the same, or less.
      better: one.format === other.format ? larger(one.sizeBytes, other.sizeBytes, asGood.bytes) : null,
    },
    { name: 'Format', values: each(({ photo }) => photo.format.toUpperCase()), better: null },
    {
      name: 'Taken',
      values: each(({ photo: { takenAtMs } }) => (takenAtMs === null ? 'not known' : takenWords(takenAtMs))),
      better: larger(Number(one.takenAtMs !== null), Number(other.takenAtMs !== null)),
    },
    { name: 'File changed', values: each(({ photo }) => fileClock.format(photo.modifiedAtMs)), better: null },
  ];
  if (sharpness.some((value) => value !== null)) {
    const [a, b] = sharpness;
    facts.push({
      name: 'Sharpness',
      values: each((member) => (member.sharpness === null ? 'not known' : decimal(member.sharpness, 0))),
      better: a === null || b === null ? null : larger(a, b, asGood.sharpness),
    });
  }
  facts.push({ name: 'Folder', values: each(({ photo }) => folderOf(photo.path)), better: null });
  return facts;
}

function larger(one: number, other: number, share = 1): 0 | 1 | null {
  if (one === other || Math.min(one, other) >= share * Math.max(one, other)) return null;
  return one > other ? 0 : 1;
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}
