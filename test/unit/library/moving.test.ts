import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canBeHere,
  isAbsoluteSomewhere,
  isPlainName,
  rerooted,
} from '../../../src-main/library/archive-paths.ts';
import {
  archivedTables,
  columnsLeftBehind,
  tablesLeftBehind,
} from '../../../src-main/library/archive-tables.ts';
import { migrations } from '../../../src-main/library/schema.ts';

describe('What goes along when a library moves', () => {
  it('is decided for every table and every column of the catalogue', () => {
    const database = new Database(':memory:');
    for (const step of migrations) database.exec(step);
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all();
    const decided = new Map(
      archivedTables.map(({ name, columns }) => [
        name,
        [...columns, ...(columnsLeftBehind[name] ?? [])].sort(),
      ]),
    );
    const there = tables
      .filter((name) => !tablesLeftBehind.includes(name))
      .map((name): [string, string[]] => [
        name,
        (database.pragma(`table_info(${name})`) as { name: string }[]).map((column) => column.name).sort(),
      ]);
    database.close();
    expect(new Map(there)).toEqual(decided);
  });
});

describe('A folder of a library from elsewhere', () => {
  it('keeps its path where nothing is said of it', () => {
    expect(rerooted('/photos', [])).toBe('/photos');
    expect(rerooted('/photos', [{ from: '/photo', to: '/x' }])).toBe('/photos');
  });

  it('goes where the closest folder above it goes, with the rest of its path', () => {
    const roots = [
      { from: '/photos', to: '/a' },
      { from: '/photos/private', to: null },
      { from: '/photos/2024', to: 'E:\\Fotos' },
    ];
    expect(rerooted('/photos/2023/May', roots)).toBe('/a/2023/May');
    expect(rerooted('/photos/2024/May', roots)).toBe('E:\\Fotos\\May');
    expect(rerooted('/photos/private/x', roots)).toBeNull();
  });

  it('is known in either writing of a path, in another case, and with accents composed in another way', () => {
    expect(rerooted('C:\\Users\\Ann\\Pictures', [{ from: 'c:/users/ann', to: '/home/ann' }])).toBe(
      '/home/ann/Pictures',
    );
    expect(rerooted('\\\\nas\\photos\\2024', [{ from: '\\\\NAS\\photos\\', to: '/mnt/nas' }])).toBe(
      '/mnt/nas/2024',
    );
    expect(rerooted('/Fotos/Cafe\u0301/x', [{ from: '/fotos/Caf\u00e9', to: '/c' }])).toBe('/c/x');
  });

  it('is taken by the exact case where there are both', () => {
    const roots = [
      { from: '/photos', to: '/small' },
      { from: '/Photos', to: '/large' },
    ];
    expect(rerooted('/Photos/a', roots)).toBe('/large/a');
    expect(rerooted('/photos/a', roots)).toBe('/small/a');
  });

  it('keeps the rest of its path letter by letter, whatever it is', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((each) => isPlainName(each) && !each.includes('\\'));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(rerooted(`/old/${names.join('/')}`, [{ from: '/old', to: '/new' }])).toBe(
          `/new/${names.join('/')}`,
        );
      }),
    );
  });

  it('lies somewhere, and a name in it is one name', () => {
    expect(['/a', 'C:\\a', 'c:/a', '\\\\nas\\a'].map(isAbsoluteSomewhere)).toEqual([true, true, true, true]);
    expect(['a', '', 'a/b', '..', 'C:'].map(isAbsoluteSomewhere)).toEqual(Array(5).fill(false));
    expect(['', '.', '..', 'a/b', 'a\0'].map(isPlainName)).toEqual(Array(5).fill(false));
    expect(isPlainName('a\\b.jpg')).toBe(true);
    expect(canBeHere('', 'a\\b.jpg', 'win32')).toBe(false);
    expect(canBeHere('', 'a\\b.jpg', 'linux')).toBe(true);
  });
});
