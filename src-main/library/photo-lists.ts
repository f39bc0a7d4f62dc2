/** Photos in an order, page by page or all at once, and what there is to choose them by. */
import {
  type DirectoryCount,
  type FormatCount,
  leastShape,
  mostShape,
  type PhotoArrangement,
  type PhotoFilter,
  type PhotoGroup,
  type PhotoLayout,
} from '../contract/index.ts';
import { CatalogueCache } from './catalogue-cache.ts';
import type { Connection } from './database.ts';
import { type Condition, conditionOf, type FilterContext, isFiltering } from './photo-filter.ts';
import { groupedByMonth } from './months.ts';
import {
  folderOrder,
  isOldestMonthFirst,
  type Ordering,
  photosAndContents,
  sortedPhotos,
} from './photo-order.ts';

export class PhotoLists {
  readonly #database: Connection;
  readonly #context: FilterContext;
  readonly #layouts: CatalogueCache<PhotoLayout>;
  readonly #shapes: CatalogueCache<Uint16Array>;
  readonly #dates: CatalogueCache<Float64Array>;

  constructor(database: Connection, context: FilterContext) {
    this.#database = database;
    this.#context = context;
    this.#layouts = new CatalogueCache(database);
    this.#shapes = new CatalogueCache(database);
    this.#dates = new CatalogueCache(database);
  }

  /** A page of the ids of searchable photos, and how many there are in all. */
  page(query: Ordering & { offset: number; limit: number; filter?: PhotoFilter | undefined }): {
    total: number;
    ids: number[];
  } {
    const { sql, parameters } = this.#sorted(query, query.filter);
    const condition = conditionOf(query.filter ?? {}, this.#context);
    const from = isOfContents(condition) ? photosAndContents : 'photos';
    const total = this.#database
      .prepare<unknown[], number>(`SELECT count(*) FROM ${from} WHERE ${condition.sql}`)
      .pluck()
      .get(...condition.parameters);
    const ids = this.#database
      .prepare<unknown[], number>(`${sql} LIMIT ? OFFSET ?`)
      .pluck()
      .all(...parameters, query.limit, query.offset);
    return { total: total ?? 0, ids };
  }

  /** The same array of bytes until something changes. */
  layout({ filter, ...ordering }: PhotoArrangement): PhotoLayout {
    const { sql, parameters } = this.#sorted(ordering, filter);
    const { groupBy } = ordering;
    return this.#layouts.get(JSON.stringify([sql, parameters, groupBy]), () => {
      // As one text: handing 200,000 rows over one by one takes three times as long.
      const text = this.#database
        .prepare<unknown[], string>(`SELECT json_group_array(id) FROM (${sql})`)
        .pluck()
        .get(...parameters);
      const sorted = Uint32Array.from(JSON.parse(text ?? '[]') as number[]);
      const { ids, groups } = this.#grouped(sorted, ordering, filter);
      const shapeOf = this.#shapesById();
      const shapes = Uint16Array.from(ids, (id) => shapeOf[id]);
      return { ids: new Uint8Array(ids.buffer), shapes: new Uint8Array(shapes.buffer), groups };
    });
  }

  /** The most frequent first. */
  formats(): FormatCount[] {
    return this.#database
      .prepare<[], FormatCount>(
        `SELECT format, count(*) AS photos FROM ${photosAndContents} GROUP BY format ORDER BY photos DESC, format`,
      )
      .all();
  }

  /** Directories that hold photos themselves. */
  directories(folderIds?: number[]): DirectoryCount[] {
    const { sql, parameters } = conditionOf({ folderIds }, this.#context);
    return this.#database
      .prepare<unknown[], DirectoryCount>(
        `SELECT directory, count(*) AS photos FROM photos WHERE ${sql} GROUP BY directory ORDER BY directory`,
      )
      .all(...parameters);
  }

  #sorted(ordering: Ordering, filter: PhotoFilter | undefined): Condition {
    return sortedPhotos(ordering, conditionOf(filter ?? {}, this.#context), isFiltering(filter));
  }

  /** @param ids in their order, and folder by folder where that is asked for */
  #grouped(
    ids: Uint32Array,
    ordering: Ordering,
    filter: PhotoFilter | undefined,
  ): { ids: Uint32Array; groups: PhotoGroup[] } {
    if (ordering.groupBy === 'month') {
      // Counted here: with 200,000 photos SQLite takes three times as long to work the months out, and to sort by them.
      const dates = this.#datesById();
      return groupedByMonth(ids, (id) => dates[id], isOldestMonthFirst(ordering));
    }
    return { ids, groups: ordering.groupBy ? this.#folders(ordering, filter) : [] };
  }

  #folders(ordering: Ordering, filter: PhotoFilter | undefined): PhotoGroup[] {
    const condition = conditionOf(filter ?? {}, this.#context);
    const from = isOfContents(condition) ? photosAndContents : 'photos';
    return this.#database
      .prepare<unknown[], PhotoGroup>(
        `SELECT 'folder' AS kind, photos.folderId, photos.directory, count(*) AS photos FROM ${from}
         WHERE ${condition.sql} GROUP BY photos.folderId, photos.directory ORDER BY ${folderOrder(ordering)}`,
      )
      .all(...condition.parameters);
  }

  /** When each searchable photo was taken, at the place of its id; NaN where that is not known. */
  #datesById(): Float64Array {
    return this.#dates.get('', () => {
      const row = this.#database
        .prepare<[], { ids: string; dates: string }>(
          `SELECT json_group_array(photos.id) AS ids, json_group_array(takenAtMs) AS dates FROM ${photosAndContents}`,
        )
        .get();
      const dates = JSON.parse(row?.dates ?? '[]') as (number | null)[];
      return valuesById(
        JSON.parse(row?.ids ?? '[]') as number[],
        (place) => dates[place] ?? NaN,
        Float64Array,
      );
    });
  }

  /** Width by height of each searchable photo in thousandths, at the place of its id. */
  #shapesById(): Uint16Array {
    return this.#shapes.get('', () => {
      const row = this.#database
        .prepare<[], { ids: string; shapes: string }>(
          `SELECT json_group_array(photos.id) AS ids,
                  json_group_array(max(${leastShape}, min(${mostShape}, 1000 * width / max(height, 1)))) AS shapes
           FROM ${photosAndContents}`,
        )
        .get();
      const ids = JSON.parse(row?.ids ?? '[]') as number[];
      const shapes = JSON.parse(row?.shapes ?? '[]') as number[];
      return valuesById(ids, (place) => shapes[place], Uint16Array);
    });
  }
}

function valuesById<Values extends Uint16Array | Float64Array>(
  ids: readonly number[],
  valueAt: (place: number) => number,
  Values: new (length: number) => Values,
): Values {
  const byId = new Values(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
  ids.forEach((id, place) => (byId[id] = valueAt(place)));
  return byId;
}

function isOfContents({ sql }: Condition): boolean {
  return sql.includes('contents.');
}
