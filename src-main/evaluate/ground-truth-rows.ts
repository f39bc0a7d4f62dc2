/** From the names in a ground-truth file to rows of descriptors. */
import type { GroundTruthFile } from './ground-truth-file.ts';
import type { GroundTruthQuery } from './ground-truth.ts';

export interface GroundTruthRows {
  /** `query` is the place in the file's list of queries, which have vectors of their own. */
  queries: GroundTruthQuery[];
  /** Names of positives and junk that are not in the library, each once. They are not asked for. */
  missing: string[];
}

/**
 * @param rowOf the row of a named photo among the photos that are ranked. Where the query's own photo is one of them,
 * it is junk: it would find itself.
 */
export function groundTruthRows(
  { queries }: GroundTruthFile,
  rowOf: (name: string) => number | undefined,
): GroundTruthRows {
  const missing = new Set<string>();
  const rowsOf = (names: readonly string[]): number[] =>
    names.flatMap((name) => {
      const row = rowOf(name);
      if (row === undefined) missing.add(name);
      return row ?? [];
    });
  return {
    queries: queries.map(({ path, positives, junk }, query) => {
      const own = rowOf(path);
      return {
        query,
        positives: rowsOf(positives).filter((row) => row !== own),
        junk: own === undefined ? rowsOf(junk) : [...rowsOf(junk), own],
        name: path,
      };
    }),
    missing: [...missing],
  };
}
