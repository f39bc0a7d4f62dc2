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
import { groupOrder, monthColumn, type Ordering, photosAndContents, sortedPhotos } from './photo-order.ts';

export class PhotoLists {
  readonly #database: Connection;
  readonly #context: FilterContext;
  readonly #layouts: CatalogueCache<PhotoLayout>;
  readonly #shapes: CatalogueCache<Uint16Array>;

  constructor(database: Connection, context: FilterContext) {
    this.#database = database;
    this.#context = context;
    this.#layouts = new CatalogueCache(database);
    this.#shapes = new CatalogueCache(database);
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
      const ids = Uint32Array.from(JSON.parse(text ?? '[]') as number[]);
      const shapeOf = this.#shapesById();
      const shapes = Uint16Array.from(ids, (id) => shapeOf[id]);
      return {
        ids: new Uint8Array(ids.buffer),
        shapes: new Uint8Array(shapes.buffer),
        groups: groupBy ? this.#groups({ ...ordering, groupBy }, filter) : [],
      };
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

  #groups(
    ordering: Ordering & { groupBy: 'folder' | 'month' },
    filter: PhotoFilter | undefined,
  ): PhotoGroup[] {
    const { sql, parameters } = conditionOf(filter ?? {}, this.#context);
    const byFolder = ordering.groupBy === 'folder';
    const columns = byFolder ? 'photos.folderId, photos.directory' : `${monthColumn} AS month`;
    const key = byFolder ? 'photos.folderId, photos.directory' : monthColumn;
    const from = byFolder && !isOfContents({ sql, parameters }) ? 'photos' : photosAndContents;
    return this.#database
      .prepare<unknown[], PhotoGroup>(
        `SELECT '${ordering.groupBy}' AS kind, ${columns}, count(*) AS photos FROM ${from} WHERE ${sql}
         GROUP BY ${key} ORDER BY ${groupOrder(ordering)}`,
      )
      .all(...parameters);
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
      const byId = new Uint16Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
      ids.forEach((id, place) => (byId[id] = shapes[place]));
      return byId;
    });
  }
}

function isOfContents({ sql }: Condition): boolean {
  return sql.includes('contents.');
}
