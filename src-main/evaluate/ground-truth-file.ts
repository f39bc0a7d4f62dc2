/**
 * Ground truth from a JSON file, in one of two forms.
 *
 * A list of queries, by itself or as `queries` of an object, each `{query, positives, junk?, crop?: [x, y, width,
 * height]}` with paths of files, absolute or relative to the JSON file's folder.
 *
 * The form of the revisited Oxford and Paris benchmarks (Radenović et al., CVPR 2018): `imlist` and `qimlist` name the
 * photos and the queries, and `gnd` has for each query `easy`, `hard` and `junk`, which are places in `imlist`, and
 * its crop `bbx: [x1, y1, x2, y2]`.
 */
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf, SemblanceError } from '../contract/index.ts';

/** In pixels of the photo as seen. */
export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface FileQuery {
  path: string;
  /** null for the whole photo. */
  crop: Crop | null;
  positives: string[];
  junk: string[];
}

export interface GroundTruthFile {
  /** Paths are absolute in a list of queries, and bare names as in `imlist` in the published form. */
  queries: FileQuery[];
  /** Names of all photos to rank, when the file lists them. */
  images?: string[];
}

/** Which photos of the published form must be found; the list of queries knows no such thing. */
export type Difficulty = 'easy' | 'medium' | 'hard';

const mostMebibytes = 64;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(32_767));
const names = v.array(name);
const pixels = v.pipe(v.number(), v.finite());
const length = v.pipe(pixels, v.gtValue(0));
const places = v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));

const listSchema = v.array(
  v.strictObject({
    query: name,
    positives: names,
    junk: v.optional(names, []),
    crop: v.optional(v.nullable(v.strictTuple([pixels, pixels, length, length])), null),
  }),
);

const publishedSchema = v.object({
  imlist: names,
  qimlist: names,
  gnd: v.array(
    v.object({
      easy: places,
      hard: places,
      junk: places,
      bbx: v.optional(
        v.nullable(
          v.pipe(
            v.strictTuple([pixels, pixels, pixels, pixels]),
            v.check(([x1, y1, x2, y2]) => x2 > x1 && y2 > y1, 'expected x1 < x2 and y1 < y2'),
          ),
        ),
        null,
      ),
    }),
  ),
});

/**
 * @param options.difficulty of the published form: easy asks for the easy photos only and takes the hard ones for
 * junk, hard the other way round, medium asks for both
 * @throws SemblanceError `not-found`, or `invalid-arguments` for a file that is too large or has another form
 */
export async function readGroundTruthFile(
  file: string,
  { difficulty = 'medium' }: { difficulty?: Difficulty } = {},
): Promise<GroundTruthFile> {
  const folder = path.dirname(path.resolve(file));
  return parseGroundTruth(file, await readBounded(file), {
    difficulty,
    place: (relative) => path.resolve(folder, relative),
  });
}

/**
 * The ground truth that a file's content holds.
 * @param file its name, for messages
 * @param options.place makes of a name in a list of queries what the photo is called; nothing by default
 * @throws SemblanceError `invalid-arguments`
 */
export function parseGroundTruth(
  file: string,
  bytes: Buffer,
  {
    difficulty = 'medium',
    place = (name) => name,
  }: { difficulty?: Difficulty; place?: (name: string) => string } = {},
): GroundTruthFile {
  const content = parseJson(file, bytes);
  if (typeof content === 'object' && content !== null && 'gnd' in content) {
    return ofPublished(file, parse(file, publishedSchema, content), difficulty);
  }
  const list =
    typeof content === 'object' && content !== null && 'queries' in content ? content.queries : content;
  return {
    queries: parse(file, listSchema, list).map(({ query, positives, junk, crop }) => ({
      path: place(query),
      crop: crop && { x: crop[0], y: crop[1], width: crop[2], height: crop[3] },
      positives: positives.map(place),
      junk: junk.map(place),
    })),
  };
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size > mostMebibytes * 2 ** 20) {
      throw wrong(
        file,
        `has ${Math.ceil(size / 2 ** 20)} MiB, of which up to ${mostMebibytes} can be read. Split it into several`,
      );
    }
    return await handle.readFile();
  } catch (cause) {
    if (cause instanceof SemblanceError) throw cause;
    const detail = messageOf(cause);
    throw new SemblanceError(
      'not-found',
      `${file} cannot be read (${detail}). Name a JSON file with ground truth.`,
      { cause },
    );
  }
}

function parseJson(file: string, bytes: Buffer): unknown {
  // Pickles of protocol 2 and later begin with this byte, which begins no JSON.
  if (bytes[0] === 0x80 || /\.(pkl|pickle)$/i.test(file)) {
    throw wrong(
      file,
      'is a Python pickle, and reading one runs code that it holds. If you trust it, convert it: ' +
        `python3 -c "import json, pickle, sys; json.dump(pickle.load(open(sys.argv[1], 'rb')), ` +
        `open(sys.argv[2], 'w'), default=lambda a: a.tolist())" in.pkl out.json`,
    );
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw wrong(file, `is no JSON (${messageOf(cause)})`, cause);
  }
}

function parse<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
  content: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, content, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw wrong(file, `is no ground truth: ${where === null ? '' : `${where}: `}${issue.message}`);
}

function ofPublished(
  file: string,
  { imlist, qimlist, gnd }: v.InferOutput<typeof publishedSchema>,
  difficulty: Difficulty,
): GroundTruthFile {
  if (qimlist.length !== gnd.length) {
    throw wrong(file, `names ${qimlist.length} queries in qimlist, but has ground truth for ${gnd.length}`);
  }
  const queries = gnd.map(({ easy, hard, junk, bbx }, query): FileQuery => {
    const named = (...lists: number[][]): string[] =>
      lists.flat().map((place) => {
        if (place < imlist.length) return imlist[place];
        throw wrong(file, `names photo ${place} in gnd.${query}, but imlist has only ${imlist.length}`);
      });
    const [positives, others] = {
      easy: [named(easy), named(junk, hard)],
      medium: [named(easy, hard), named(junk)],
      hard: [named(hard), named(junk, easy)],
    }[difficulty];
    return {
      path: qimlist[query],
      crop: bbx && { x: bbx[0], y: bbx[1], width: bbx[2] - bbx[0], height: bbx[3] - bbx[1] },
      positives,
      junk: others,
    };
  });
  return { queries, images: imlist };
}

function wrong(file: string, what: string, cause?: unknown): SemblanceError {
  return new SemblanceError('invalid-arguments', `${file} ${what}.`, { cause });
}
