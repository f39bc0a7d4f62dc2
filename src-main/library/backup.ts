/** Keeps a copy of all decisions in a file of its own, and brings them back where the catalogue has gone. */
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { anyRecipeSchema, type DecisionLog, learns, messageOf, type Recipe } from '../contract/index.ts';
import {
  type Backup,
  type BackupBody,
  backupHeader,
  readBackup,
  setDamagedBackupsAside,
  writeBackup,
} from './backup-file.ts';
import { groupedBy } from '../descriptor/index.ts';
import type { Connection } from './database.ts';
import { durably } from './durably.ts';
import type { PastRecipes } from './past-recipes.ts';
import { isFolderPath } from './photo-path.ts';
import { storedJson } from './stored-json.ts';
import { restoreSavedSearches, savedSearchesBody } from './saved-searches-backup.ts';

/** A decision is in the backup after this time at the latest; several in a row are written once. */
const delayMs = 2000;

const identitySchema = v.object({ libraryId: v.string(), revision: v.number() });
type Identity = v.InferOutput<typeof identitySchema>;

export class DecisionsBackup {
  readonly #folder: string;
  readonly #database: Connection;
  readonly #pastRecipes: PastRecipes;
  #timer: NodeJS.Timeout | null = null;
  #state: DecisionLog['backup'] = { savedAtMs: null, problem: null };

  constructor(folder: string, database: Connection, pastRecipes: PastRecipes) {
    this.#folder = folder;
    this.#database = database;
    this.#pastRecipes = pastRecipes;
  }

  get state(): DecisionLog['backup'] {
    return this.#state;
  }

  /**
   * Begins with what a writer finds: brings decisions back that the catalogue does not have, and writes those that the
   * backup does not have.
   * @throws SemblanceError `library-newer` when a newer program wrote the backup
   */
  open(): void {
    const own = this.#identity();
    const header = backupHeader(this.#folder);
    if (own && header?.libraryId === own.libraryId && header.revision === own.revision) {
      this.#state = { savedAtMs: header.savedAtMs, problem: null };
      return;
    }
    const holdsMore =
      header !== null && (header.libraryId !== own?.libraryId || header.revision > own.revision);
    if (!own || holdsMore) this.#restore(own);
    this.save();
  }

  /** Counts a decision; part of the transaction that makes it. */
  count(): void {
    const { libraryId, revision } = this.#identity() ?? newIdentity();
    this.#setIdentity({ libraryId, revision: revision + 1 });
  }

  schedule(): void {
    this.#timer ??= setTimeout(() => this.save(), delayMs).unref();
  }

  /** Writes what was scheduled; that it cannot is told by `state`, since the decisions themselves are safe. */
  close(): void {
    if (this.#timer) this.save();
  }

  save(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const own = this.#identity();
    if (!own) return;
    const savedAtMs = Date.now();
    try {
      writeBackup(this.#folder, { ...own, savedAtMs, body: this.#body() });
      this.#state = { savedAtMs, problem: null };
    } catch (error) {
      const problem = messageOf(error);
      this.#state = { ...this.#state, problem: `The backup could not be written: ${problem}` };
    }
  }

  /** The recipe that was in service when the catalogue was lost, until photos are described again. */
  restoredRecipe(): Recipe | null {
    const parsed = v.safeParse(anyRecipeSchema, this.#setting('restoredRecipe'));
    return parsed.success ? parsed.output : null;
  }

  #restore(own: Identity | null): void {
    const backup = readBackup(this.#folder);
    if (!backup && !own) setDamagedBackupsAside(this.#folder);
    durably(this.#database, () => {
      // Of another library, only what is not decided here comes along.
      const isSame = backup?.libraryId === own?.libraryId;
      if (backup) this.#bringBack(backup, isSame);
      const { libraryId, revision } = (isSame ? backup : own) ?? backup ?? newIdentity();
      this.#setIdentity({ libraryId, revision: own && !isSame ? revision + 1 : revision });
    });
  }

  /** @param isNewer whether the backup is a later state of this same library */
  #bringBack({ body }: Backup, isNewer: boolean): void {
    const conflict = isNewer ? 'OR REPLACE' : 'OR IGNORE';
    const run = (sql: string): ((...values: unknown[]) => unknown) => {
      const statement = this.#database.prepare(sql);
      return (...values) => statement.run(...values);
    };
    const setTag = run(`INSERT ${conflict} INTO decidedTags (hash, tag, present) VALUES (?, ?, ?)`);
    const rate = run(`INSERT ${conflict} INTO decidedRatings (hash, rating) VALUES (?, ?)`);
    const mark = run('INSERT OR IGNORE INTO notDuplicates (hash, otherHash) VALUES (?, ?)');
    const addFolder = run(
      'INSERT OR IGNORE INTO folders (path, addedAtMs, patterns, followLinks) VALUES (?, ?, ?, ?)',
    );
    if (isNewer)
      this.#database.exec('DELETE FROM decidedTags; DELETE FROM decidedRatings; DELETE FROM notDuplicates');
    const hashAt = (place: number): string[] => body.hashes.slice(place, place + 1);
    for (const { tag, present, pictures } of body.tags) {
      for (const hash of pictures.flatMap(hashAt)) setTag(hash, tag, present);
    }
    for (const { rating, pictures } of body.ratings) {
      for (const hash of pictures.flatMap(hashAt)) rate(hash, rating);
    }
    for (const pair of body.notDuplicates) {
      const known = new Set(pair.flatMap(hashAt).sort());
      if (known.size === 2) mark(...known);
    }
    if (body.kept) this.#bringKeptBack(body.kept, hashAt, isNewer);
    const noPhotos = this.#database.prepare('SELECT 1 FROM generations').get() === undefined;
    if (noPhotos) this.#bringRecipesBack(body);
    for (const { path, patterns, followLinks } of body.folders)
      if (isFolderPath(path)) addFolder(path, Date.now(), patterns, followLinks);
    if (body.savedSearches) restoreSavedSearches(this.#database, body.savedSearches, isNewer);
  }

  /** All that is kept of one picture was decided together, so it is not mixed with what is decided of it here. */
  #bringKeptBack(
    kept: NonNullable<BackupBody['kept']>,
    hashAt: (place: number) => string[],
    isNewer: boolean,
  ): void {
    if (isNewer) this.#database.exec('DELETE FROM keptFiles');
    const isDecided = this.#database.prepare('SELECT 1 FROM keptFiles WHERE hash = ?');
    const keep = this.#database.prepare('INSERT OR IGNORE INTO keptFiles (hash, path) VALUES (?, ?)');
    for (const { picture, paths } of kept) {
      for (const hash of hashAt(picture).filter((each) => isDecided.get(each) === undefined))
        for (const path of paths) keep.run(hash, path);
    }
  }

  #bringRecipesBack({ recipe, pastRecipes }: BackupBody): void {
    if (this.#pastRecipes.list().length > 0) return;
    for (const { recipe: past, endedAtMs } of pastRecipes) {
      const parsed = v.safeParse(anyRecipeSchema, past);
      if (parsed.success) this.#pastRecipes.add(parsed.output, endedAtMs);
    }
    const current = v.safeParse(anyRecipeSchema, recipe);
    if (!current.success) return;
    this.#setSetting('restoredRecipe', recipe);
    // What is learned from photos has to wait for them, so that it can be found again.
    if (learns(current.output)) this.#pastRecipes.add(current.output, Date.now());
  }

  #body(): BackupBody {
    const all = <Row>(sql: string): Row[] => this.#database.prepare<[], Row>(sql).all();
    const placeOf = new Map<string, number>();
    const place = (hash: string): number => {
      const known = placeOf.get(hash) ?? placeOf.size;
      placeOf.set(hash, known);
      return known;
    };
    const tags = groupedBy(
      all<{ hash: string; tag: string; present: 0 | 1 }>('SELECT hash, tag, present FROM decidedTags'),
      ({ tag, present }) => `${present}${tag}`,
    );
    const ratings = groupedBy(
      all<{ hash: string; rating: number }>('SELECT hash, rating FROM decidedRatings'),
      ({ rating }) => rating,
    );
    const serving = all<{ recipe: string }>("SELECT recipe FROM generations WHERE state = 'serving'").at(0);
    const body = {
      tags: Array.from(tags.values(), (rows) => ({
        tag: rows[0].tag,
        present: rows[0].present,
        pictures: rows.map(({ hash }) => place(hash)),
      })),
      ratings: Array.from(ratings, ([rating, rows]) => ({
        rating,
        pictures: rows.map(({ hash }) => place(hash)),
      })),
      notDuplicates: all<{ hash: string; otherHash: string }>(
        'SELECT hash, otherHash FROM notDuplicates',
      ).map(({ hash, otherHash }): [number, number] => [place(hash), place(otherHash)]),
      kept: [
        ...groupedBy(
          all<{ hash: string; path: string }>('SELECT hash, path FROM keptFiles'),
          ({ hash }) => hash,
        ),
      ].map(([hash, rows]) => ({ picture: place(hash), paths: rows.map(({ path }) => path) })),
      recipe: serving ? (storedJson(serving.recipe) ?? null) : this.#setting('restoredRecipe'),
      pastRecipes: this.#pastRecipes.list().toReversed(),
      folders: all<BackupBody['folders'][number]>(
        'SELECT path, patterns, followLinks FROM folders ORDER BY path',
      ),
      savedSearches: savedSearchesBody(this.#database),
    };
    return { hashes: [...placeOf.keys()], ...body };
  }

  #identity(): Identity | null {
    const parsed = v.safeParse(identitySchema, this.#setting('decisions'));
    return parsed.success ? parsed.output : null;
  }

  #setIdentity(identity: Identity): void {
    this.#setSetting('decisions', identity);
  }

  #setting(name: string): unknown {
    const row = this.#database
      .prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?')
      .get(name);
    return row ? (storedJson(row.value) ?? null) : null;
  }

  #setSetting(name: string, value: unknown): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)')
      .run(name, JSON.stringify(value));
  }
}

function newIdentity(): Identity {
  return { libraryId: randomUUID(), revision: 0 };
}
