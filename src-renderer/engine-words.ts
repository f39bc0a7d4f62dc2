/**
 * What the engine says, in the language of the page. The engine, like its terminal and its log, speaks English; each of its
 * texts is a template of a catalogue, by which it is known again where it reaches the page.
 */

/** English templates and their translations, both with `{0}`, `{1}` … where something is put in. */
export type EngineCatalogue = Readonly<Record<string, string>>;

interface Template {
  pattern: RegExp;
  /** Which placeholder each group of the pattern is. */
  places: string[];
  translation: string;
}

/** Fields of answers and events that hold such texts. */
export const engineTextFields = new Set([
  'step',
  'outcome',
  'note',
  'title',
  'description',
  'purpose',
  'message',
  'words',
  'detail',
]);

const placeholder = /\{(\d+)\}/g;

export class EngineWords {
  readonly #whole: Map<string, string>;
  readonly #templates: Template[];
  readonly #formats: string;

  /** @param formats BCP 47, of numbers that are put into a text */
  constructor(catalogue: EngineCatalogue, formats: string) {
    const entries = Object.entries(catalogue);
    this.#formats = formats;
    this.#whole = new Map(entries.filter(([english]) => !english.includes('{0}')));
    this.#templates = entries
      .filter(([english]) => english.includes('{0}'))
      // The one that says most itself is meant.
      .sort(([a], [b]) => ownLetters(b) - ownLetters(a))
      .map(([english, translation]) => ({ ...patternOf(english), translation }));
  }

  /** The text itself where it is no template's. */
  translate(text: string): string {
    return this.#known(text) ?? this.#number(text) ?? this.#bySentence(text);
  }

  /** An answer or event with all of its texts translated. */
  translateFields<T>(value: T): T {
    if (Array.isArray(value)) return value.map((each: unknown) => this.translateFields(each)) as T;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const fields = Object.entries(value).map(([name, field]: [string, unknown]) => [
      name,
      typeof field === 'string' && engineTextFields.has(name)
        ? this.translate(field)
        : this.translateFields(field),
    ]);
    return Object.fromEntries(fields) as T;
  }

  #known(text: string): string | undefined {
    const whole = this.#whole.get(text);
    if (whole !== undefined) return whole;
    for (const { pattern, places, translation } of this.#templates) {
      const found = pattern.exec(text);
      if (!found) continue;
      const inside = new Map(places.map((place, group) => [place, this.translate(found[group + 1] ?? '')]));
      return translation.replace(placeholder, (_, place: string) => inside.get(place) ?? '');
    }
    return undefined;
  }

  /** The engine writes numbers as English does. */
  #number(text: string): string | undefined {
    if (!/^\d{1,3}(?:,\d{3})+$|^\d+\.\d+$/.test(text)) return undefined;
    const digits = text.split('.')[1]?.length ?? 0;
    return Number(text.replaceAll(',', '')).toLocaleString(this.#formats, { minimumFractionDigits: digits });
  }

  #bySentence(text: string): string {
    const sentences = text.split(/(?<=[.;:]) /);
    if (sentences.length > 1) return sentences.map((each) => this.translate(each)).join(' ');
    return text.endsWith(';') ? `${this.translate(text.slice(0, -1))};` : text;
  }
}

function ownLetters(english: string): number {
  return english.replace(placeholder, '').length;
}

/** Of texts that say little themselves, such as '{0} photos', what is put in first is one word: others only end alike. */
const fewLetters = 12;

function patternOf(english: string): Pick<Template, 'pattern' | 'places'> {
  const places = [...english.matchAll(placeholder)].map(([, place = '']) => place);
  const literals = english.split(/\{\d+\}/).map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const [before, after, ...rest] = literals;
  const first = before === '' && ownLetters(english) < fewLetters ? '(\\S+?)' : '(.+?)';
  const pattern = [`${before}${first}${after}`, ...rest].join('(.+?)');
  return { places, pattern: new RegExp(`^${pattern}$`, 's') };
}

let words: EngineWords | null = null;

/** null where the page speaks English, as the engine does. */
export function settleEngineWords(settled: EngineWords | null): void {
  words = settled;
}

/** A text of the engine or of the contract, in the language of the page. */
export function fromEngine(text: string): string {
  return words?.translate(text) ?? text;
}

/** An answer or an event of the engine, with all of its texts in the language of the page. */
export function inLanguage<T>(value: T): T {
  return words?.translateFields(value) ?? value;
}
