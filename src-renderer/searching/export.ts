/** A ranking as a file: CSV for a spreadsheet, JSON for a program. */
import type { SearchResult } from '../../src-main/contract/index.ts';
import { queryTitle, type SearchQuery } from './query.ts';

export type ExportFormat = 'csv' | 'json';

export interface ExportedFile {
  name: string;
  mediaType: string;
  text: string;
}

const columns = ['rank', 'score', 'name', 'path', 'moved'] as const;

/** The results of a query, under its name. */
export function exportedRanking(
  format: ExportFormat,
  query: SearchQuery,
  results: readonly SearchResult[],
): ExportedFile {
  const title = queryTitle(query);
  const rows = results.map(({ rank, score, photo, moved }) => ({
    rank,
    score,
    name: photo.name,
    path: photo.path,
    moved,
  }));
  if (format === 'json') {
    const { examples, ...how } = query;
    const asked = examples.map(({ name, weight, crop, ignored }) => ({ name, weight, crop, ignored }));
    const content = { query: { examples: asked, ...how }, results: rows };
    return {
      name: fileName(title, 'json'),
      mediaType: 'application/json',
      text: `${JSON.stringify(content, null, 2)}\n`,
    };
  }
  const lines = [
    columns.join(','),
    ...rows.map((row) => columns.map((column) => cell(row[column])).join(',')),
  ];
  // The mark at the start is how spreadsheets know UTF-8.
  return {
    name: fileName(title, 'csv'),
    mediaType: 'text/csv;charset=utf-8',
    text: `\uFEFF${lines.join('\r\n')}\r\n`,
  };
}

/** Spreadsheets take text that begins so for a formula, and run it. */
const formulaStart = /^[=+\-@\t\r]/;

/** RFC 4180: text that holds a comma, a quote or a line's end stands in quotes, and its quotes are doubled. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) || harmless !== value ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** No system takes these in a file's name, and leading dots hide it. */
const notInNames = /[\p{Cc}<>:"/\\|?*]+/gu;

export function fileName(title: string, extension: string): string {
  const plain = title
    .replace(notInNames, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 80);
  return `${plain === '' ? 'Search' : plain}.${extension}`;
}

/** Hands a file to the person, as browsers do it. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  Object.assign(link, { href: address, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
