/** Keywords, rating, lens and date of an XMP packet (ISO 16684-1), which is RDF written as XML. */
import sax from 'sax';
import { clockTime } from './date-text.ts';

export interface XmpFields {
  /** Plain, and the names along the paths of those that are ordered in a tree. */
  keywords: string[];
  /** As stars: −1 for rejected, 0 for none, up to 5. */
  rating: number | null;
  ratingPercent: number | null;
  takenAtMs: number | null;
  lens: string | null;
}

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const microsoft = ['http://ns.microsoft.com/photo/1.0/', 'http://ns.microsoft.com/photo/1.0'];

/** Properties that are read, by namespace and name. */
const wanted = {
  subject: ['http://purl.org/dc/elements/1.1/subject'],
  tree: [
    'http://ns.adobe.com/lightroom/1.0/hierarchicalSubject',
    'http://www.digikam.org/ns/1.0/TagsList',
    ...microsoft.map((space) => `${space}LastKeywordXMP`),
  ],
  rating: ['http://ns.adobe.com/xap/1.0/Rating'],
  ratingPercent: microsoft.map((space) => `${space}Rating`),
  original: ['http://ns.adobe.com/exif/1.0/DateTimeOriginal'],
  created: ['http://ns.adobe.com/photoshop/1.0/DateCreated', 'http://ns.adobe.com/xap/1.0/CreateDate'],
  lens: ['http://ns.adobe.com/exif/1.0/aux/Lens', 'http://cipa.jp/exif/1.0/LensModel'],
};

/** A packet that one segment holds has 64 KiB; those of files that programs write are rarely larger than this. */
const longestPacket = 1024 * 1024;
const mostValues = 2000;
const longestValue = 2000;

export function xmpFields(packet: Uint8Array): XmpFields {
  const values = propertiesOf(packet.subarray(0, longestPacket));
  const all = (names: string[]): string[] => names.flatMap((name) => values.get(name) ?? []);
  const number = (names: string[]): number | null => {
    const text = all(names).at(0)?.trim() ?? '';
    return text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  };
  const created = [...all(wanted.original), ...all(wanted.created)];
  return {
    keywords: [...all(wanted.subject), ...all(wanted.tree).flatMap((path) => path.split(/[|/]/))],
    rating: number(wanted.rating),
    ratingPercent: number(wanted.ratingPercent),
    takenAtMs: created.map((text) => clockTime(text)).find((time) => time !== null) ?? null,
    lens: all(wanted.lens).at(0) ?? null,
  };
}

/** Values by namespace and name, of attributes, elements, and lists inside elements. Entities of the file's own are left alone. */
function propertiesOf(packet: Uint8Array): Map<string, string[]> {
  const names = new Set(Object.values(wanted).flat());
  const values = new Map<string, string[]>();
  let count = 0;
  const add = (name: string, value: string): void => {
    if (!names.has(name) || value.trim() === '' || count === mostValues) return;
    count += 1;
    values.set(name, [...(values.get(name) ?? []), value.slice(0, longestValue)]);
  };
  /** Names of the elements that are open, without RDF's own except for items of lists. */
  const open: { name: string; text: string }[] = [];
  const parser = sax.parser(true, { xmlns: true });
  // What is wrong in one place says nothing of the others.
  parser.onerror = () => {
    parser.resume();
  };
  parser.onopentag = (tag) => {
    const { uri, local, attributes } = tag as sax.QualifiedTag;
    open.push({ name: `${uri}${local}`, text: '' });
    for (const attribute of Object.values(attributes))
      add(`${attribute.uri}${attribute.local}`, attribute.value);
  };
  const take = (text: string): void => {
    const element = open.at(-1);
    if (element && element.text.length < longestValue) element.text += text;
  };
  parser.ontext = take;
  parser.oncdata = take;
  parser.onclosetag = () => {
    const element = open.pop();
    if (!element) return;
    const owner = element.name.startsWith(rdf) ? open.findLast(({ name }) => !name.startsWith(rdf)) : element;
    if (owner && (owner === element || element.name === `${rdf}li`)) add(owner.name, element.text);
  };
  parser.write(new TextDecoder().decode(packet)).close();
  return values;
}
