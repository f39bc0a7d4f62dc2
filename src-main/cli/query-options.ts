/**
 * A query as it is written on a command line. Some options are about the example before them, so the words are read in
 * their order, which the parser of the command line does not keep between photos and options.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Rectangle, SemblanceError } from '../contract/index.ts';
import { pictureSize } from '../vision/index.ts';
import { type PictureExample, readExample } from './photo-file.ts';

export interface WhiteningOptions {
  whitening?: number;
  kindThing?: number;
}

/** Pixels of the picture as seen. */
interface PixelRectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** An example by its place on the command line. */
export interface NamedExample {
  source: string;
  weight: number;
  crop: PixelRectangle | null;
  ignored: PixelRectangle[];
}

/** Options that are about the example before them, and the one that names an unwanted example. */
const exampleFlags = ['--crop', '--ignore', '--weight', '--minus'];
const several = (value: string, all: string[]): string[] => [...all, value];

export function withQueryOptions(command: Command): Command {
  return command
    .option('--minus <photo>', 'an example of what is not wanted; repeatable', several, [])
    .option('--weight <w>', 'how much the example before it counts, 0 to 1 (or −1 to 1)', several, [])
    .option(
      '--crop <left,top,width,height>',
      'only this part of the example before it, in pixels of the picture as seen',
      several,
      [],
    )
    .option(
      '--ignore <left,top,width,height>',
      'a part of the example before it that does not count; repeatable',
      several,
      [],
    )
    .option(
      '--whitening <strength>',
      'Kind ↔ Thing for this search: much (e.g. 10) finds the same kind of picture, little (e.g. 0.001) the very same thing',
      strength,
    )
    .addOption(new Option('--kind-thing <strength>', 'the same').argParser(strength).hideHelp());
}

function strength(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1000)) {
    throw new InvalidArgumentError('It must be a number from 0 to 1000.');
  }
  return number;
}

export function whiteningOf({ whitening, kindThing }: WhiteningOptions): number | undefined {
  return whitening ?? kindThing;
}

/**
 * The examples of a command whose first argument is photos, in their order.
 * @throws SemblanceError `invalid-arguments`
 */
export function namedExamples(command: Command): NamedExample[] {
  const examples: NamedExample[] = [];
  for (const { flag, value } of wordsOf(command)) {
    if (flag === null || flag === '--minus') {
      examples.push({ source: value, weight: flag === null ? 1 : -1, crop: null, ignored: [] });
      continue;
    }
    const example = examples.at(-1);
    if (!example) {
      throw new SemblanceError(
        'invalid-arguments',
        `${flag} is about the photo before it. Name a photo before ${flag}.`,
      );
    }
    if (flag === '--crop') example.crop = rectangleIn(flag, value);
    else if (flag === '--ignore') example.ignored.push(rectangleIn(flag, value));
    else example.weight = weightIn(value) * (example.weight < 0 ? -1 : 1);
  }
  return examples;
}

/** Photos (`flag` is null) and the options about them, in the order of the command line. */
function* wordsOf(command: Command): Generator<{ flag: string | null; value: string }> {
  const words = command.parent?.args.slice(1) ?? command.args;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--') {
      for (const value of words.slice(i + 1)) yield { flag: null, value };
      return;
    }
    if (!word.startsWith('-') || word === '-') {
      yield { flag: null, value: word };
      continue;
    }
    const at = word.indexOf('=');
    const flag = at < 0 ? word : word.slice(0, at);
    const takesValue = command.options.some(({ long, required }) => long === flag && required);
    const value = at < 0 && takesValue ? words[++i] : word.slice(at + 1);
    if (exampleFlags.includes(flag)) yield { flag, value };
  }
}

function weightIn(text: string): number {
  const weight = Number(text.replace('−', '-'));
  if (text.trim() !== '' && weight >= -1 && weight <= 1) return weight;
  throw new SemblanceError('invalid-arguments', `--weight ${text}: it must be a number from −1 to 1.`);
}

function rectangleIn(flag: string, text: string): PixelRectangle {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [left, top, width, height] = numbers;
  if (numbers.length === 4 && left >= 0 && top >= 0 && width > 0 && height > 0) {
    return { left, top, width, height };
  }
  throw new SemblanceError(
    'invalid-arguments',
    `${flag} ${text}: it must be left,top,width,height in pixels, e.g. 10,20,300,200.`,
  );
}

/** @throws SemblanceError of `readExample`, and `invalid-arguments` for a rectangle that lies outside its picture */
export async function readNamedExample(named: NamedExample): Promise<PictureExample> {
  const { source, weight, crop, ignored } = named;
  const example = await readExample(source);
  if (crop === null && ignored.length === 0) return { ...example, weight };
  const size = await pictureSize(example);
  const fractions = (rectangle: PixelRectangle): Rectangle => fractionsOf(rectangle, size, example.name);
  return { ...example, weight, ...(crop ? { crop: fractions(crop) } : {}), ignored: ignored.map(fractions) };
}

/** What reaches beyond an edge ends there. */
function fractionsOf(
  { left, top, width, height }: PixelRectangle,
  picture: { width: number; height: number },
  name: string,
): Rectangle {
  const right = Math.min(picture.width, left + width);
  const bottom = Math.min(picture.height, top + height);
  if (right <= left || bottom <= top) {
    throw new SemblanceError(
      'invalid-arguments',
      `The rectangle lies outside ${name}, which has ${picture.width} × ${picture.height} pixels.`,
    );
  }
  return {
    left: left / picture.width,
    top: top / picture.height,
    width: (right - left) / picture.width,
    height: (bottom - top) / picture.height,
  };
}
