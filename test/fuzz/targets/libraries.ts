/** Libraries from elsewhere: every file in their folder with changed bytes, and catalogues changed through SQL. */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { commandArguments, parseCommand } from '../../../src-main/contract/index.ts';
import { Engine } from '../../../src-main/engine/index.ts';
import { Library } from '../../../src-main/library/index.ts';
import { type Dice, jsonOf } from '../dice.ts';
import { type AnySchema, valueOf } from '../schema-values.ts';
import { outcomeOf } from '../outcome.ts';
import { openTier, wholeLibrary } from './library-parts.ts';
import type { Case, Target } from './target.ts';

function writeAll(folder: string, files: Map<string, Buffer>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

/** What a window asks of a library that it has just opened. */
const asked = [
  ...([
    'status',
    'folders',
    'photos',
    'photoLayout',
    'photosById',
    'photo',
    'fileOf',
    'thumbnail',
    'picture',
  ] as const),
  ...([
    'problems',
    'recipes',
    'map',
    'cache',
    'settings',
    'rememberedView',
    'storage',
    'savedSearches',
  ] as const),
  ...([
    'formats',
    'directories',
    'binnedFiles',
    'restoreBinned',
    'undoDecision',
    'search',
    'decisions',
  ] as const),
];

async function lookAround(folder: string, dice: Dice): Promise<void> {
  const engine = Engine.open({
    libraryPath: folder,
    access: dice.chance(0.2) ? 'read' : 'write',
    crossover: 1e9,
  });
  try {
    for (const name of asked) {
      const args = valueOf(commandArguments[name] as unknown as AnySchema, dice);
      await outcomeOf(() => engine.call(name, parseCommand(name, args)));
    }
  } finally {
    await engine.close();
  }
}

const changesBySql = (dice: Dice, outside: string): string => {
  const path = dice.pick([
    outside,
    '/etc/passwd',
    '/dev/zero',
    '\\\\server\\share',
    '../..',
    '',
    'a\0b',
    '/',
  ]);
  const text = `CAST(x'${Buffer.from(path).toString('hex')}' AS TEXT)`;
  const number = dice.pick([
    '-1',
    '0',
    '9223372036854775807',
    '-9223372036854775808',
    '1e308',
    '9e999',
    'NULL',
  ]);
  const blob = dice.pick([
    `x''`,
    `x'00'`,
    'zeroblob(7)',
    'zeroblob(64)',
    'zeroblob(3000000)',
    'randomblob(64)',
  ]);
  const json = dice.pick([
    `'{'`,
    `'[]'`,
    `'null'`,
    `'{"a":1}'`,
    `''`,
    `replace(hex(zeroblob(50000)), '0', '[')`,
  ]);
  return dice.pick([
    `UPDATE folders SET path = ${text}`,
    `UPDATE folders SET followLinks = 1, patterns = ${text}, volume = ${text}, pathOnVolume = ${text}`,
    `UPDATE photos SET directory = ${text} WHERE id < 4`,
    `UPDATE photos SET name = ${text} WHERE id = 2`,
    `UPDATE photos SET sizeBytes = ${number}, modifiedAtMs = ${number}`,
    `UPDATE photos SET contentId = NULL, problemCode = ${text}, problemMessage = ${text} WHERE id < 9`,
    `UPDATE photos SET id = ${number} WHERE id = 1`,
    `UPDATE contents SET width = ${number}, height = ${number} WHERE id = 1`,
    `UPDATE contents SET takenAtMs = ${number}, latitude = ${number}, longitude = ${number}, fileRating = ${number}`,
    `UPDATE contents SET camera = ${text}, lens = ${text}, hash = hash || ${text}`,
    `UPDATE contents SET orphanedAtMs = ${number}, orphanedPhotoId = ${number} WHERE id < 9`,
    `UPDATE descriptors SET vector = ${blob} WHERE contentId = ${dice.below(60)}`,
    `UPDATE descriptors SET vector = ${blob}`,
    `UPDATE neighbours SET data = ${blob}`,
    `UPDATE maps SET contentIds = ${blob}, points = ${blob}, method = ${text}`,
    `UPDATE generations SET recipe = ${json}`,
    `UPDATE generations SET fit = ${blob}, fitKind = 'library', fittedOn = ${number}`,
    `UPDATE generations SET extractionKey = ${text}, recipeKey = ${text}, fitted = ${number}`,
    `UPDATE extractions SET description = ${blob}`,
    `UPDATE settings SET value = ${json}`,
    `INSERT INTO settings VALUES ('view', ${json}), ('profileTimes', ${json}), ('restoredRecipe', ${json})`,
    `INSERT INTO pastRecipes (recipe, endedAtMs) VALUES (${json}, ${number})`,
    `INSERT INTO savedSearches VALUES ('a', ${text}, ${json}, 1, 1)`,
    `INSERT INTO decisions (decidedAtMs, description, changes) VALUES (1, ${text}, ${json})`,
    `INSERT INTO binnedFiles (path, hash, sizeBytes, binnedAtMs, place) VALUES (${text}, 'a', 1, 1, ${text})`,
    `INSERT INTO powerMeans (contentId, extractionKey, data, encoding) SELECT 1, key, ${blob}, ${dice.below(4)} FROM extractions`,
    `INSERT INTO inFlight SELECT id, ${text}, ${text}, ${number} FROM folders`,
    `DELETE FROM ${dice.pick(['contents', 'folders', 'photos', 'generations', 'extractions', 'photoNumbers', 'settings'])}`,
    `CREATE TRIGGER evil AFTER INSERT ON settings BEGIN DELETE FROM photos; END`,
    `ALTER TABLE photos RENAME TO files; CREATE VIEW photos AS SELECT * FROM files`,
    `ALTER TABLE contents ADD COLUMN evil TEXT GENERATED ALWAYS AS (hash || 'x')`,
    `PRAGMA user_version = ${dice.pick([0, 1, 3, 5, 7, -1, 2 ** 31 - 1])}; PRAGMA application_id = ${dice.below(1e9)}`,
    `PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM`,
    `PRAGMA encoding = 'UTF-16'; DROP VIEW contentTags`,
  ]);
};

/** Through SQL, with foreign keys and checks off as for somebody who means harm. */
function changeCatalogue(folder: string, { dice, keep }: Case, outside: string): void {
  const changes = Array.from({ length: 1 + dice.below(3) }, () => changesBySql(dice, outside));
  keep('changes.sql', changes.join(';\n'));
  const database = new Database(join(folder, 'library.sqlite'));
  database.unsafeMode(true);
  for (const pragma of ['ignore_check_constraints = ON', 'foreign_keys = OFF', 'journal_mode = DELETE'])
    database.pragma(pragma);
  for (const change of changes) {
    try {
      database.exec(change);
    } catch {
      // SQLite itself does not write this.
    }
  }
  database.close();
}

export const libraries: Target = {
  name: 'library',
  limitMs: 90_000,
  open: async ({ work, outside }) => {
    const files = await wholeLibrary(join(work, 'whole'));
    return {
      attempt: async (one) => {
        const { dice, keep } = one;
        const folder = join(one.folder, 'library');
        writeAll(folder, files);
        if (dice.chance(0.6)) changeCatalogue(folder, one, outside);
        if (dice.chance(0.5)) {
          const name = dice.pick([
            ...files.keys(),
            'library.sqlite',
            'library.sqlite',
            'library.sqlite-wal',
            'library.sqlite-journal',
            'library.lock',
            'library.owner.json',
          ]);
          const bytes = dice.mutated(files.get(name) ?? dice.bytes(600), [...files.values()]);
          keep(name, bytes);
          writeFileSync(join(folder, name), bytes);
        }
        if (dice.chance(0.05) && process.platform !== 'win32') {
          const name = dice.pick([
            'library.sqlite-shm',
            'decisions.json.tmp',
            'library.owner.json.tmp',
            'index.json.tmp',
          ]);
          symlinkSync(outside, join(folder, name));
        }
        return outcomeOf(() => lookAround(folder, dice));
      },
      close: () => undefined,
    };
  },
};

export const indexes: Target = {
  name: 'index-files',
  limitMs: 60_000,
  open: async ({ work }) => {
    const files = await wholeLibrary(join(work, 'whole'));
    const shard = [...files.keys()].find((name) => name.endsWith('.hnsw')) ?? '';
    const manifest = JSON.parse(files.get('index.json')?.toString() ?? '{}') as { shards: object[] };
    return {
      attempt: async ({ dice, folder: own, keep }) => {
        const folder = join(own, 'library');
        writeAll(folder, files);
        const bytes = dice.mutated(files.get(shard) ?? Buffer.alloc(0), [...files.values()]);
        keep(shard, bytes);
        writeFileSync(join(folder, shard), bytes);
        // Whoever hands over a library can write the right checksum, too.
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const told = { ...manifest, shards: [{ ...manifest.shards[0], sizeBytes: bytes.length, sha256 }] };
        const text = jsonOf(dice.chance(0.3) ? dice.changedWithin(told) : told);
        keep('index.json', text);
        writeFileSync(join(folder, 'index.json'), text);
        return outcomeOf(async () => {
          const library = Library.open(folder, 'write');
          const tier = openTier(library, folder);
          try {
            await tier.ready();
            const hits = await tier.search(new Float32Array(16).fill(0.25), 5);
            if (hits.some(({ id }) => !Number.isSafeInteger(id))) throw new Error('A hit is no picture.');
          } finally {
            await tier.close();
            library.close();
          }
        });
      },
      close: () => undefined,
    };
  },
};

export const backups: Target = {
  name: 'backups',
  limitMs: 60_000,
  open: async ({ work }) => {
    const files = await wholeLibrary(join(work, 'whole'));
    const whole = files.get('decisions.json')?.toString() ?? '';
    const [header, body] = whole.split('\n').map((line): unknown => (line === '' ? null : JSON.parse(line)));
    const full = {
      ...(body as object),
      hashes: ['hash 0', 'hash 1'],
      tags: [{ tag: 'harbour', present: 1, pictures: [0, 1] }],
      ratings: [{ rating: 4, pictures: [0] }],
      notDuplicates: [[0, 1]],
      kept: [{ picture: 0, paths: ['/photos/a.jpg'] }],
      folders: [{ path: '/photos', patterns: '', followLinks: 0 }],
    };
    return {
      attempt: async ({ dice, folder: own, keep }) => {
        const folder = join(own, 'library');
        if (dice.chance(0.5))
          writeAll(folder, new Map([...files].filter(([name]) => !name.startsWith('decisions'))));
        else mkdirSync(folder);
        const text = jsonOf(dice.chance(0.7) ? dice.changedWithin(full) : full);
        const sha256 = createHash('sha256').update(text).digest('hex');
        const told = { ...(header as object), revision: 1000, sha256 };
        const head = jsonOf(dice.chance(0.2) ? dice.changedWithin(told) : told);
        const plain = Buffer.from(`${head}\n${text}\n`);
        const bytes = dice.chance(0.2) ? dice.mutated(plain) : plain;
        keep('decisions.json', bytes);
        writeFileSync(
          join(folder, dice.pick(['decisions.json', 'decisions.json', 'decisions.previous.json'])),
          bytes,
        );
        return outcomeOf(() => lookAround(folder, dice));
      },
      close: () => undefined,
    };
  },
};
