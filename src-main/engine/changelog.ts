/** Reads resources/changelog.md: a heading `## version` for each release, the newest first, and a list below it. */
import type { Release } from '../contract/index.ts';

export function readChangelog(markdown: string): Release[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading, ...lines] = section.split('\n');
      const changes = lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2).trim());
      return { version: heading.trim(), changes };
    });
}
